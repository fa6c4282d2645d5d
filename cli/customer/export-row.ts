import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import type { Chunk, ExportFormat, ObjectVersion, RunSummary } from '../../functions/shared/contracts.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import { parseChunk } from '../../functions/shared/export/records.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { detectFormat } from '../../functions/split-export/format.ts';
import { MAX_HEADER_BYTES } from '../../functions/split-export/limits.ts';
import { readChunk } from '../../functions/sync-chunk/read-chunk.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openObject } from '../connect/s3-object.ts';
import { readSplit } from '../runs/read-split.ts';
import { readSummary } from '../runs/read-summary.ts';
import { UserError } from '../user-error.ts';

/** The bytes that a run was split from, and how they become records. */
export interface RunSource {
  /** Of the export, as the user named it. */
  readonly key: string;
  readonly source: ObjectVersion;
  readonly format: ExportFormat;
  /** Epoch milliseconds; the upload time has whole seconds if Step Functions no longer knows the run. */
  readonly exportTime: number;
  readonly uploadTime: number;
  /** Undefined if only the run's own history would tell. */
  readonly mappingHash: string | undefined;
}

/** Undefined if the version of the export is gone, or nobody knows any more which one it was. */
export async function sourceOf(stack: ConnectedStack, runId: string, mapping: Mapping): Promise<RunSource | undefined> {
  const split = await readSplit(stack, runId);
  if (split) {
    const { key, source, format, exportTime, uploadTime, mappingHash } = split.export;
    return {
      key,
      source,
      format,
      exportTime: Date.parse(exportTime),
      uploadTime: Date.parse(uploadTime),
      mappingHash,
    };
  }
  const summary = await readSummary(stack, runId);
  if (!summary) return undefined;
  const { key, exportTime } = summary.export;
  const { bucket: Bucket, key: Key, versionId: VersionId } = textOf(stack, summary);
  const Range = `bytes=0-${MAX_HEADER_BYTES}`;
  const head = await openObject(stack.clients.s3, { Bucket, Key, VersionId, Range });
  if (!head) return undefined;
  const detected = detectFormat(await buffer(head.bytes), true, key, mapping);
  if (!detected) return undefined;
  return {
    key,
    source: { ...textOf(stack, summary), etag: head.etag.replaceAll('"', '') },
    format: detected.format,
    exportTime: Date.parse(exportTime),
    uploadTime: head.lastModified,
    mappingHash: undefined,
  };
}

/** Where the text of a run's export is: the export itself, or the copy of one that was packed or in another encoding. */
function textOf({ outputs }: ConnectedStack, { runId, export: exported, encoding, compression }: RunSummary) {
  if (encoding !== 'utf-8' || compression !== undefined) {
    return { bucket: outputs.RunBucketName, key: runFiles.exportText(runId) };
  }
  const { bucket, key, versionId } = exported;
  return { bucket, key, ...(versionId && { versionId }) };
}

/**
 * The chunk of a run that holds a row.
 *
 * @throws UserError if the run has no such row, or was never cut into chunks.
 */
export async function chunkOf(stack: ConnectedStack, runId: string, row: number): Promise<Chunk> {
  const Key = runFiles.chunks(runId);
  const file = await openObject(stack.clients.s3, { Bucket: stack.outputs.RunBucketName, Key });
  if (!file) {
    throw new UserError(
      `The rows of run ${runId} are not known: it was not cut into chunks, or its files have expired. ${stack.call(`report ${runId}`)} says what became of it.`,
    );
  }
  let last: Chunk | undefined;
  let first: Chunk | undefined;
  for await (const line of createInterface({ input: file.bytes })) {
    const chunk = JSON.parse(line) as Chunk;
    if (row >= chunk.firstRow && row < chunk.firstRow + chunk.rows) return chunk;
    first ??= chunk;
    last = chunk;
  }
  const rows = first && last ? `rows ${first.firstRow} to ${last.firstRow + last.rows - 1}` : 'no rows';
  throw new UserError(`Run ${runId} has ${rows}; there is no row ${row}. The first row of a CSV is row 2.`);
}

/**
 * The record as its run read it; of the export only the bytes of its chunk are read.
 *
 * @throws ExportChanged if the version of the export is gone.
 */
export async function recordIn(
  { clients: { s3 } }: ConnectedStack,
  { source, format }: RunSource,
  chunk: Chunk,
  row: number,
  mapping: Mapping,
): Promise<ExportRecord | undefined> {
  const bytes = await readChunk(s3, source, chunk);
  for await (const block of parseChunk(bytes, format, mapping, chunk.firstRow)) {
    const found = block.find((record) => record.row === row);
    if (found) return found;
  }
  return undefined;
}
