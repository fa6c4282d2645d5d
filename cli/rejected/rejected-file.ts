import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvLine } from '../../functions/shared/export/rejected.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { UserError } from '../user-error.ts';
import { headerOf } from './rejected-lines.ts';
import type { RejectedRows } from './rejected-rows.ts';

/** Writes the rejected file byte for byte, or only its header line and the rows with a code; leaves the stream open. */
export async function writeRejectedFile(
  rejected: RejectedRows,
  mapping: Mapping,
  code: string | undefined,
  to: Writable,
): Promise<void> {
  try {
    await pipeline(code === undefined ? rejected.bytes() : rowsWith(code, rejected, mapping), to, { end: false });
  } catch (error) {
    // A reader that has seen enough (`| head`).
    if (codeOf(error) !== 'EPIPE') throw error;
  }
}

/**
 * Writes it into a file that is the user's alone.
 *
 * @throws UserError if there is such a file: it may hold corrections.
 */
export async function saveRejectedFile(
  rejected: RejectedRows,
  mapping: Mapping,
  code: string | undefined,
  path: string,
): Promise<void> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(code === undefined ? rejected.bytes() : rowsWith(code, rejected, mapping), file);
  } catch (error) {
    if (!file.pending) await rm(path, { force: true });
    throw file.pending ? unwritable(path, error) : error;
  }
}

async function* rowsWith(code: string, rejected: RejectedRows, mapping: Mapping): AsyncGenerator<string> {
  if (rejected.type === 'csv') {
    const header = await headerOf(rejected.bytes());
    if (header) yield csvLine(header);
  }
  for await (const line of rejected.lines(mapping)) if (line.code === code) yield line.text;
}

function unwritable(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'EEXIST') {
    return new UserError(`There is a file ${path} already, perhaps with corrections. Give another name, or delete it.`);
  }
  if (typeof code === 'string') return new UserError(`The file ${path} can't be written (${code}). Give another path.`);
  return error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
