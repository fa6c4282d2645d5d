import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ExportFormat } from '../../../functions/shared/contracts.ts';
import type { ExportRecord } from '../../../functions/shared/export/record.ts';
import { parseChunk } from '../../../functions/shared/export/records.ts';
import type { Mapping } from '../../../functions/shared/mapping/types.ts';
import { ExportScan, type ExportScanOptions, type ScannedExport } from '../../../functions/split-export/export-scan.ts';
import { scanExport } from '../../../functions/split-export/scan-export.ts';

export const NOW = Date.parse('2026-11-03T00:00:00Z');

export interface ScanSettings {
  readonly key?: string;
  readonly blockBytes?: number;
  readonly rowsPerChunk?: number;
  readonly workers?: number;
}

export function scanOptions(mapping: Mapping, settings: ScanSettings = {}): ExportScanOptions {
  const { key = 'exports/a.csv', rowsPerChunk = 1_800 } = settings;
  return { key, mapping, exportTime: NOW, uploadTime: NOW, now: NOW, rowsPerChunk, tempDirectory: tmpdir() };
}

/** Splits a text that is in memory, in blocks of a given size. */
export function scan(content: string | Buffer, mapping: Mapping, settings: ScanSettings = {}): ScannedExport {
  const { blockBytes = 65_536 } = settings;
  const bytes = Buffer.from(content);
  const pass = new ExportScan(scanOptions(mapping, settings));
  try {
    for (let from = 0; from < bytes.length; from += blockBytes) pass.write(bytes.subarray(from, from + blockBytes));
    return pass.end();
  } finally {
    pass.close();
  }
}

/** Splits an export that is in memory, packed or encoded as it may be; tells also the bytes that chunks point at. */
export async function scanBytes(
  content: string | Buffer,
  mapping: Mapping,
  settings: ScanSettings = {},
): Promise<{ readonly scanned: ScannedExport; readonly source: Buffer }> {
  const bytes = Buffer.from(content);
  let source = bytes;
  const blocks = blocksOf(bytes, settings.blockBytes ?? 65_536);
  const scanned = await scanExport(blocks, scanOptions(mapping, settings), async (text) => {
    source = await buffer(text);
  });
  return { scanned, source };
}

export interface SplitRecords {
  readonly format: ExportFormat;
  readonly records: readonly ExportRecord[];
  readonly superseded: readonly number[];
}

/** Splits an export and parses its chunks, each by itself, as the workers do. */
export async function splitAndParse(
  content: string | Buffer,
  mapping: Mapping,
  settings: ScanSettings = {},
): Promise<SplitRecords> {
  const { scanned, source } = await scanBytes(content, mapping, settings);
  const records: ExportRecord[] = [];
  const superseded: number[] = [];
  for (const chunk of scanned.plan.chunks(settings.workers ?? 3)) {
    const firstRow = scanned.firstRow + chunk.firstRecord;
    const body = blocksOf(source.subarray(chunk.start, chunk.end), settings.blockBytes ?? 65_536);
    for await (const block of parseChunk(body, scanned.format, mapping, firstRow)) records.push(...block);
    superseded.push(
      ...scanned.superseded.in(chunk.firstRecord, chunk.records).map((index) => scanned.firstRow + index),
    );
  }
  return { format: scanned.format, records, superseded };
}

export function blocksOf(bytes: Buffer, blockBytes: number): Readable {
  const blocks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += blockBytes) blocks.push(bytes.subarray(from, from + blockBytes));
  return Readable.from(blocks);
}
