import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InvalidExport } from '../../functions/shared/errors.ts';
import { FORMAT_SUFFIXES, PACKED_SUFFIXES, unpackedName } from '../../functions/shared/export/export-suffixes.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { readText } from '../../functions/split-export/export-text.ts';
import { type DetectedFormat, detectFormat } from '../../functions/split-export/format.ts';
import { MAX_EXPORT_BYTES } from '../../functions/split-export/limits.ts';
import { inWords } from '../../functions/split-export/scan-export.ts';
import { UserError } from '../user-error.ts';

const HEADER_ROW = 1;

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
  await checkReadable(path);
  try {
    return { path, bytes, detected: await formatOf(path, name, mapping) };
  } catch (error) {
    if (error instanceof InvalidExport) throw new UserError(`${path}: ${error.message}`);
    throw error;
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
  const suffixes: readonly string[] = FORMAT_SUFFIXES;
  const unpacked = unpackedName(name);
  if (suffixes.includes(extname(unpacked))) return found.size;
  throw new UserError(
    `The name ${name} ends in "${extname(unpacked)}${name.slice(unpacked.length)}"; a run starts for names that end in ${FORMAT_SUFFIXES.join(', ')}, also with ${Object.values(PACKED_SUFFIXES).join(' or ')} behind it. Rename the file.`,
  );
}

async function checkReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch(() => {
    throw new UserError(`The file ${path} can't be read. Give yourself the right to read it.`);
  });
}

/** By as much of its text as the header line takes. */
async function formatOf(path: string, name: string, mapping: Mapping): Promise<DetectedFormat> {
  const text = await readText(createReadStream(path), name, mapping);
  let head = Buffer.alloc(0);
  try {
    for await (const block of text.blocks) {
      head = Buffer.concat([head, block]);
      const detected = detectFormat(head, false, name, mapping);
      if (detected) return detected;
    }
  } catch (error) {
    throw inWords(error, text, HEADER_ROW);
  }
  const detected = detectFormat(head, true, name, mapping);
  if (detected) return detected;
  throw new TypeError('The whole of an export tells its format.');
}
