import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Clock } from '../../functions/shared/clock.ts';
import type { Chunk } from '../../functions/shared/contracts.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import { parseChunk } from '../../functions/shared/export/records.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { chunksOf } from '../../functions/split-export/chunks-file.ts';
import { ExportScan, type ScannedExport } from '../../functions/split-export/export-scan.ts';
import { exportTimeOf } from '../../functions/split-export/export-time.ts';
import type { UploadTarget } from './upload-target.ts';

/** Of a chunk as it is read here; a worker's are cut for the rate plan, and what a chunk holds decides no row. */
const ROWS_PER_CHUNK = 5_000;

/** An export on this machine, as a run would see it if it were uploaded now. */
export interface LocalExport {
  readonly path: string;
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
 * One pass over the file, with flat memory: SplitExport's own.
 *
 * @throws InvalidExport, ExportTooLarge, as the run would.
 */
export async function scanLocalExport(path: string, options: ScanOptions): Promise<LocalExport> {
  const { mapping, signal } = options;
  const { key, metadata } = options.target;
  const now = options.clock.now();
  const exportTime = exportTimeOf({ object: { key }, lastModified: new Date(now), metadata }, mapping.definition, now);
  const times = { exportTime, uploadTime: now };
  const scan = new ExportScan({
    ...times,
    key,
    mapping,
    now,
    rowsPerChunk: ROWS_PER_CHUNK,
    tempDirectory: tmpdir(),
  });
  try {
    for await (const block of createReadStream(path, { signal })) scan.write(block);
    return { ...times, path, scanned: scan.end() };
  } finally {
    scan.close();
  }
}

/** The chunks of the file, each with the row numbers that another row supersedes. */
export function chunksOfFile({ scanned }: LocalExport): Generator<Chunk> {
  return chunksOf(scanned, 1);
}

/** The records of a chunk, in blocks. */
export function readRecords(
  { path, scanned }: LocalExport,
  { start, end, firstRow }: Chunk,
  mapping: Mapping,
): AsyncIterable<ExportRecord[]> {
  return parseChunk(createReadStream(path, { start, end: end - 1 }), scanned.format, mapping, firstRow);
}
