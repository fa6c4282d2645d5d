import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from './customer-profiles/settings.ts';
import { hostAt, joinHost, receiveGuests } from './guests.ts';
import { asLastTime, noteStart, type Start } from './last-start.ts';
import { REGION } from './service.ts';
import {
  claimRecord,
  isAlive,
  RECORD_FILE,
  readRecord,
  removeRecord,
  replaceRecord,
  type SessionRecord,
} from './session-record.ts';
import { type EmbeddedStack, startStack, USER_CREDENTIALS } from './stack.ts';
import { StackError } from './stack-error.ts';
import { type Context, synthesize, synthKey } from './synth.ts';

/** Synthesized templates are made from the project, not by a run: `fresh` keeps them. */
const TEMPLATES = 'cdk.out';

/** How long another process may take to start or to close; a first synth and a slow laptop included. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 200;

export interface SessionOptions {
  /** `.local` by default. */
  readonly stateDirectory?: string;
  /** CDK context of the template. */
  readonly context: Context;
  /** Where synthesized templates are kept, `cdk.out` in the state directory by default. */
  readonly templates?: string;
  /** Of the embedded Customer Profiles. */
  readonly settings?: Partial<Settings>;
  /**
   * Names of the context values and settings that a running host must have as they are here to be joined; by default all, and
   * the same files of the project.
   */
  readonly insistsOn?: readonly string[];
  /** Hosts with what the last host in the state directory had, but for what `insistsOn` names. */
  readonly asLastTime?: boolean;
  /** Forgets what was kept before the start. */
  readonly fresh?: boolean;
  /** As in StackOptions. */
  readonly port?: number;
  readonly timeScale?: number;
  /** Told when this process hosts the stack, before it starts: that takes seconds. */
  readonly onHost?: () => void;
  /** Hears why closing takes its time; standard error by default. */
  readonly onWait?: (message: string) => void;
}

/** The embedded stack, in this process or in another. */
export interface Session {
  readonly url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly outputs: Readonly<Record<string, string>>;
  /** The context values and settings that it was started with. */
  readonly asked: Readonly<Record<string, string>>;
  /** The stack's parts, if this process hosts it. */
  readonly stack?: EmbeddedStack;
  /** A host waits until every other command that uses its stack has ended. */
  close(): Promise<void>;
}

/**
 * Hosts the stack in this process, or joins the process that does already in the same state directory.
 *
 * @throws StackError if a live host runs with other settings, or with any and `fresh` is asked for
 */
export async function openSession(wanted: SessionOptions): Promise<Session> {
  const directory = resolve(wanted.stateDirectory ?? '.local');
  mkdirSync(directory, { recursive: true });
  const start = { context: wanted.context, settings: wanted.settings ?? {} };
  const options = wanted.asLastTime
    ? { ...wanted, ...asLastTime(directory, start, wanted.insistsOn ?? []) }
    : { ...wanted, ...start };
  const choices = Object.entries({ ...options.context, ...options.settings }).sort();
  const asked = Object.fromEntries(choices.map(([name, value]) => [name, asText(value)]));
  const identity = JSON.stringify([synthKey(options.context), asked]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const own: SessionRecord = { pid: process.pid, key, asked };

  const giveUp = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUp) {
    if (claimRecord(directory, own)) return host(directory, own, options);
    const running = await findHost(directory);
    if (running?.url) {
      refuseIfUnfit(running, own, options);
      return join(running.url, running);
    }
    await sleep(LOOK_AGAIN_MS);
  }
  const file = resolve(directory, RECORD_FILE);
  throw new StackError(
    `Another process has been starting or closing its embedded stack for ${PATIENCE_MS / 1000} s. If there is none, delete ${file}.`,
  );
}

/** The record of a live host, which may still be starting or closing; a record that a dead one left is removed. */
async function findHost(directory: string): Promise<SessionRecord | undefined> {
  const record = readRecord(directory);
  if (!record) return undefined;
  const lives = isAlive(record.pid) && (!record.url || (await hostAt(record.url)) === record.pid);
  if (lives) return record;
  // Not if it was rewritten since: then a live host began to close.
  if (readRecord(directory)?.url === record.url) removeRecord(directory);
  return undefined;
}

function refuseIfUnfit(running: SessionRecord, own: SessionRecord, { fresh, insistsOn }: SessionOptions): void {
  if (fresh) {
    throw new StackError(
      `Process ${running.pid} uses the embedded stack, so its state can't be forgotten. Wait until that process ended, or stop it.`,
    );
  }
  if (running.key === own.key) return;
  const names = insistsOn ?? new Set([...Object.keys(running.asked), ...Object.keys(own.asked)]);
  const differences = [...names]
    .filter((name) => running.asked[name] !== own.asked[name])
    .map((name) => `${name} is ${running.asked[name] ?? 'not set'} there and ${own.asked[name] ?? 'not set'} here`);
  if (insistsOn && differences.length === 0) return;
  const reason = differences.length > 0 ? differences.join(', ') : "the project's files changed since it started";
  throw new StackError(
    `Process ${running.pid} hosts the embedded stack with other settings: ${reason}. Use the same settings, wait until that process ended, or stop it.`,
  );
}

async function join(url: string, { outputs = {}, asked }: SessionRecord): Promise<Session> {
  const leave = await joinHost(url);
  return { url, region: REGION, credentials: USER_CREDENTIALS, outputs, asked, close: async () => leave() };
}

async function host(directory: string, own: SessionRecord, options: SessionOptions & Start): Promise<Session> {
  try {
    options.onHost?.();
    if (options.fresh) forget(directory);
    const cdkOut = await synthesize({
      directory: options.templates ?? resolve(directory, TEMPLATES),
      context: options.context,
    });
    const stack = await startStack({ ...options, cdkOut, stateDirectory: directory });
    const guests = receiveGuests(stack.endpoint);
    const { url, region, credentials, outputs } = stack;
    noteStart(directory, options);
    replaceRecord(directory, { ...own, url, outputs });
    return {
      url,
      region,
      credentials,
      outputs,
      asked: own.asked,
      stack,
      async close() {
        if (guests.count > 0) {
          const { onWait = console.error } = options;
          onWait(`${guests.count} other command(s) still use this embedded stack; waiting for their end.`);
          await guests.allLeft();
        }
        // Whoever starts now waits for the end instead of taking a host that no longer answers for a dead one.
        replaceRecord(directory, own);
        await stack.close();
        removeRecord(directory);
      },
    };
  } catch (error) {
    removeRecord(directory);
    throw error;
  }
}

/** Deletes what a stack kept, and what commands keep beside it. */
function forget(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name !== TEMPLATES && name !== RECORD_FILE) rmSync(resolve(directory, name), { recursive: true, force: true });
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
