import { get } from 'node:http';
import type { Endpoint } from './endpoint.ts';
import { sendJson } from './http.ts';
import { StackError } from './stack-error.ts';

/** Who hosts the stack, for those who found its address. */
export const STACK_PATH = '/_stack';
/** Answered only when the guest leaves. */
const JOIN_PATH = '/_stack/join';

const ANSWER_TIMEOUT_MS = 10_000;

/** The commands that use a stack which another process hosts: each holds one request open for as long as it lives. */
export interface Guests {
  readonly count: number;
  /** Resolves when the last one left, at once if there is none. */
  allLeft(): Promise<void>;
}

export function receiveGuests(endpoint: Endpoint): Guests {
  const guests = new Set<object>();
  let left: () => void = () => {};
  endpoint.mountPlain(STACK_PATH, (_, response) => sendJson(response, 200, { pid: process.pid }));
  endpoint.mountPlain(JOIN_PATH, (_, response) => {
    guests.add(response);
    response.on('close', () => {
      guests.delete(response);
      if (guests.size === 0) left();
    });
    response.writeHead(200).flushHeaders();
  });
  return {
    get count() {
      return guests.size;
    },
    allLeft: () => (guests.size === 0 ? Promise.resolve() : new Promise((resolve) => (left = resolve))),
  };
}

/** Which process answers at `url`; undefined if none that hosts a stack does. */
export async function hostAt(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}${STACK_PATH}`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return ((await response.json()) as { pid?: number }).pid;
  } catch {
    // Nobody listens there, or something else does.
    return undefined;
  }
}

/** Makes the host wait for this process; returns what ends that. */
export function joinHost(url: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}${JOIN_PATH}`, { agent: false }, (response) => {
      // The host died: the command's own calls say so better.
      response.on('error', () => {}).resume();
      resolve(() => request.destroy());
    });
    request.once('error', () => reject(new StackError(`The embedded stack at ${url} ended just now. Start again.`)));
  });
}
