import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';
import type { Clock } from '../../functions/shared/clock.ts';
import type { Chunk } from '../../functions/shared/contracts.ts';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import { parseChunk } from '../../functions/shared/export/records.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { chunksOf } from '../../functions/split-export/chunks-file.ts';
import type { ScannedExport } from '../../functions/split-export/export-scan.ts';
import { exportTimeOf } from '../../functions/split-export/export-time.ts';
import { scanExport } from '../../functions/split-export/scan-export.ts';
import type { UploadTarget } from './upload-target.ts';

/** Of a chunk as it is read here; a worker's are cut for the rate plan, and what a chunk holds decides no row. */
const ROWS_PER_CHUNK = 5_000;

/** An export on this machine, as a run would see it if it were uploaded now. */
export interface LocalExport {
  readonly path: string;
  /** What chunks point at: the file itself, or a copy of its text in UTF-8. */
  readonly textPath: string;
  /** Epoch milliseconds. */
  readonly exportTime: number;
  readonly uploadTime: number;
  readonly scanned: ScannedExport;
}

export interface ScanOptions {
  readonly mapping: Mapping;
  /** Of the upload. */
  readonly target: Pick<UploadTarget, 'key' | 'metadata'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * One pass over the file, with flat memory: SplitExport's own. Of a file that is packed or in another encoding, the text is kept
 * in a temporary file as long as it is used.
 *
 * @throws InvalidExport, ExportTooLarge, as the run would; errors of `use` as they are.
 */
export async function withLocalExport<T>(
  path: string,
  options: ScanOptions,
  use: (file: LocalExport) => Promise<T>,
): Promise<T> {
  const { mapping, signal } = options;
  const { key, metadata } = options.target;
  const now = options.clock.now();
  const exportTime = exportTimeOf({ object: { key }, lastModified: new Date(now), metadata }, mapping.definition, now);
  const times = { exportTime, uploadTime: now };
  const directory = await mkdtemp(join(tmpdir(), 'profile-sync-'));
  let textPath = path;
  try {
    const scanned = await scanExport(
      createReadStream(path, { signal }),
      { ...times, key, mapping, now, rowsPerChunk: ROWS_PER_CHUNK, tempDirectory: directory },
      async (text) => {
        textPath = join(directory, 'export.txt');
        await pipeline(text, createWriteStream(textPath, { mode: 0o600 }));
      },
    );
    return await use({ ...times, path, textPath, scanned });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The chunks of the file, each with the row numbers that another row supersedes. */
export function chunksOfFile({ scanned }: LocalExport): Generator<Chunk> {
  return chunksOf(scanned, 1);
}

/** The records of a chunk, in blocks. */
export function readRecords(
  { textPath, scanned }: LocalExport,
  { start, end, firstRow }: Chunk,
  mapping: Mapping,
): AsyncIterable<ExportRecord[]> {
  return parseChunk(createReadStream(textPath, { start, end: end - 1 }), scanned.format, mapping, firstRow);
}

/** The column names as they stand in the header line; none if the file is JSON Lines. */
export async function headerNames({ textPath, scanned }: LocalExport): Promise<readonly string[]> {
  const { header, delimiter = ',' } = scanned.format;
  if (header === undefined) return [];
  const line = await buffer(createReadStream(textPath, { start: header.start, end: header.end - 1 }));
  const [names = []] = parse(line, csvDialect(delimiter)) as unknown as string[][];
  return names.map((name) => name.trim());
}
