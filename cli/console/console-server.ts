import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answer.ts';
import type { Host } from './host.ts';
import type { PageFiles } from './page-files.ts';

const LOOPBACK = '127.0.0.1';
export const DEFAULT_PORT = 4680;
const KEY_BYTES = 24;

export interface Console {
  /** With the key: who has it, sees and does what the caller of the command may. */
  readonly link: string;
  readonly port: number;
  /** As `link`, for one opening: every user of the machine sees what a browser is called with. */
  linkOnce(): string;
  close(): Promise<void>;
}

/** Serves the console on the loopback interface, on this port or, if it is taken, on a free one. */
export async function startConsole(host: Host, page: PageFiles, port: number): Promise<Console> {
  const key = newKey();
  const keysForOnce = new Set<string>();
  const working = new Set<Promise<void>>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const done = answer(request, response, { host, page, own: { port: portOf(server), key }, keysForOnce });
    working.add(done);
    void done.finally(() => working.delete(done));
  });
  // Else an upload of more than five minutes would be cut off.
  server.requestTimeout = 0;
  await listen(server, port);
  const linkWith = (given: string): string => `http://${LOOPBACK}:${portOf(server)}/?key=${given}`;
  return {
    link: linkWith(key),
    port: portOf(server),
    linkOnce() {
      const once = newKey();
      keysForOnce.add(once);
      return linkWith(once);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      // Uploads delete what they keep.
      await Promise.all(working);
      await closed;
    },
  };
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

async function listen(server: Server, port: number): Promise<void> {
  const attempt = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, LOOPBACK, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    await attempt(0);
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return isAddressInfo(address) ? address.port : 0;
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
