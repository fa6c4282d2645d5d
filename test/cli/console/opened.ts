import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectedStack } from '../../../cli/connect/connected-stack.ts';
import { type Console, startConsole } from '../../../cli/console/console-server.ts';
import type { PageFiles } from '../../../cli/console/page-files.ts';
import { createRecall } from '../../../cli/console/recall.ts';

/** In place of the page, which takes a moment to bundle. */
const PAGE: PageFiles = {
  '/': { type: 'text/html; charset=utf-8', content: Buffer.from('<!doctype html>the page') },
  '/main.js': { type: 'text/javascript; charset=utf-8', content: Buffer.from('') },
  '/style.css': { type: 'text/css; charset=utf-8', content: Buffer.from('') },
};

/** A console, and a browser that opened its link. */
export interface Opened {
  readonly console: Console;
  readonly base: string;
  readonly cookie: string;
  /** Where uploads lie while they are at work. */
  readonly folder: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON that the page gets. @throws Error if the status is not 200. */
  get<T>(path: string): Promise<T>;
  /** What a POST of this body answers, and with which status. */
  post<T>(path: string, body: object | string | Uint8Array): Promise<{ readonly status: number; readonly body: T }>;
  close(): Promise<void>;
}

export async function openConsole(stack: ConnectedStack): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  const console = await startConsole({ stack, recall: createRecall(stack.clock), folder }, PAGE, 0);
  const base = `http://127.0.0.1:${console.port}`;
  const landed = await fetch(console.link, { redirect: 'manual' });
  const [cookie = ''] = (landed.headers.get('set-cookie') ?? '').split(';');
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${base}${path}`, { ...init, headers: { cookie, ...init.headers } });
  return {
    ...{ console, base, cookie, folder },
    fetch: request,
    async get(path) {
      const response = await request(path);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    },
    async post(path, body) {
      const isFile = typeof body === 'string' || body instanceof Uint8Array;
      const type = isFile ? 'application/octet-stream' : 'application/json';
      const response = await request(path, {
        method: 'POST',
        headers: { 'content-type': type, 'x-console': '1' },
        body: isFile ? body : JSON.stringify(body),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
    async close() {
      await console.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
