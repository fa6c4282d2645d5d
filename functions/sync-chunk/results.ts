import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ChunkResult, SyncChunkInput } from '../shared/contracts.ts';
import { rejectedLine } from '../shared/export/rejected.ts';
import { runFiles } from '../shared/export/run-files.ts';
import type { RejectedRecord } from './chunk-tally.ts';

interface RunBucket {
  readonly s3: S3Client;
  readonly runBucket: string;
}

/** Writes the chunk's rejected rows; returns the file's key, undefined if there are none. */
export async function writeRejectedFile(
  { s3, runBucket }: RunBucket,
  { runId, attempt, chunk, export: from }: SyncChunkInput,
  rejected: readonly RejectedRecord[],
): Promise<string | undefined> {
  if (rejected.length === 0) return undefined;
  const times = { exportTime: Date.parse(from.exportTime), uploadTime: Date.parse(from.uploadTime) };
  const key = runFiles.chunkRejected(runId, chunk.chunk, attempt, from.format.type);
  const lines = rejected.map(({ record, rejection }) => rejectedLine(record, rejection, times));
  await s3.send(new PutObjectCommand({ Bucket: runBucket, Key: key, Body: lines.join('') }));
  return key;
}

/** Written after the rejected file that it names: a chunk with a result is done. */
export async function writeResult({ s3, runBucket }: RunBucket, runId: string, result: ChunkResult): Promise<void> {
  const Key = runFiles.result(runId, result.chunk);
  await s3.send(new PutObjectCommand({ Bucket: runBucket, Key, Body: JSON.stringify(result) }));
}
