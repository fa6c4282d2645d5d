import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MAX_EXPORT_BYTES } from '../../functions/split-export/limits.ts';
import { UserError } from '../user-error.ts';

/** Files that are received at once: each may take as much of the disk as an export has. */
const AT_ONCE = 2;
let receiving = 0;

/**
 * Receives the body of a request as a file that only this user can read, works with it, and deletes it in any case.
 *
 * @param name what the file is called to its user: messages name it so, not by its path.
 * @throws UserError if it is too large, or too many are received already.
 */
export async function withReceivedFile<T>(
  request: IncomingMessage,
  { folder, name, signal }: { readonly folder: string; readonly name: string; readonly signal: AbortSignal },
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_EXPORT_BYTES) throw tooLarge(name);
  if (receiving >= AT_ONCE) {
    throw new UserError(
      `${AT_ONCE} files are being uploaded already. Wait until one is done, then drop ${name} again.`,
    );
  }
  receiving += 1;
  const path = join(folder, randomUUID());
  try {
    await pipeline(request, upTo(MAX_EXPORT_BYTES, name), createWriteStream(path, { mode: 0o600, flags: 'wx' }), {
      signal,
    });
    return await work(path);
  } catch (error) {
    throw withName(error, path, name);
  } finally {
    receiving -= 1;
    await rm(path, { force: true });
  }
}

function upTo(most: number, name: string) {
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge(name);
      yield chunk;
    }
  };
}

function tooLarge(name: string): UserError {
  return new UserError(
    `${name} is larger than the ${MAX_EXPORT_BYTES / 1e9} GB that one run reads. Split it into several files, each with the header line.`,
  );
}

function withName(error: unknown, path: string, name: string): unknown {
  if (error instanceof UserError) return new UserError(error.message.replaceAll(path, () => name));
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) return error;
  return new UserError(`The disk of this machine is full, so that ${name} could not be kept while it is checked.`);
}
