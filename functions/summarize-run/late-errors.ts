import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { runFiles } from '../shared/export/run-files.ts';

/** How many late errors of what the run sent are known so far: LateErrors writes a file for each. */
export async function countLateErrors(s3: S3Client, bucket: string, runId: string): Promise<number> {
  let count = 0;
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: runFiles.lateErrors(runId) });
  for await (const { KeyCount = 0 } of pages) count += KeyCount;
  return count;
}
