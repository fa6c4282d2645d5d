import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InvalidExport } from '../../functions/shared/errors.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { type DetectedFormat, detectFormat } from '../../functions/split-export/format.ts';
import { MAX_EXPORT_BYTES } from '../../functions/split-export/limits.ts';
import { UserError } from '../user-error.ts';

/** The suffixes that the rule on the export bucket starts a run for. */
const EXPORT_SUFFIXES = ['.csv', '.jsonl', '.ndjson'];
/** Most header lines end in the first block. */
const BLOCK_BYTES = 64 * 1024;

export interface CheckedExport {
  readonly path: string;
  readonly bytes: number;
  readonly detected: DetectedFormat;
}

/**
 * Finds before a byte is sent what would make the run fail at once: no such file, a name that starts no run, a size that
 * one run does not read, a header line that does not fit the mapping.
 *
 * @param name of the object, whose suffix tells the format.
 * @throws UserError
 */
export async function checkExport(path: string, mapping: Mapping, name = basename(path)): Promise<CheckedExport> {
  const bytes = await checkExportFile(path, name);
  if (bytes > MAX_EXPORT_BYTES) {
    throw new UserError(
      `${path} has ${(bytes / 1e9).toFixed(1)} GB; one run reads up to ${MAX_EXPORT_BYTES / 1e9} GB. Split it into several files, each with the header line.`,
    );
  }
  const file = await openFile(path);
  try {
    return { path, bytes, detected: await formatOf(file, name, mapping) };
  } catch (error) {
    if (error instanceof InvalidExport) throw new UserError(`${path}: ${error.message}`);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * As much of `checkExport` as needs no mapping.
 *
 * @returns the file's size in bytes.
 * @throws UserError if the path is not a file, or its name would start no run.
 */
export async function checkExportFile(path: string, name = basename(path)): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`There is no file ${path}. Give the path of a CSV or JSON Lines export.`);
  if (!found.isFile()) throw new UserError(`${path} is not a file. Give the path of a CSV or JSON Lines export.`);
  if (EXPORT_SUFFIXES.includes(extname(name))) return found.size;
  throw new UserError(
    `The name ${name} ends in "${extname(name)}"; a run starts for names that end in ${EXPORT_SUFFIXES.join(', ')}. Rename the file.`,
  );
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path).catch(() => {
    throw new UserError(`The file ${path} can't be read. Give yourself the right to read it.`);
  });
}

async function formatOf(file: FileHandle, name: string, mapping: Mapping): Promise<DetectedFormat> {
  let head = Buffer.alloc(0);
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES);
    head = Buffer.concat([head, buffer.subarray(0, bytesRead)]);
    const detected = detectFormat(head, bytesRead === 0, name, mapping);
    if (detected) return detected;
  }
}
