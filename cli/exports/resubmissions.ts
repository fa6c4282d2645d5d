import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { resubmissionKey } from '../../functions/shared/export/upload-folders.ts';

/** A corrected rejected file that was uploaded for a run. */
export interface Resubmission {
  readonly key: string;
  readonly uploadedAt: Date;
  readonly bytes: number;
}

interface ExportBucket {
  readonly clients: { readonly s3: S3Client };
  readonly outputs: { readonly ExportBucketName: string; readonly ExportPrefix: string };
}

/** The corrected files of a run, the oldest first, as long as the export bucket keeps them. */
export async function resubmissionsOf(stack: ExportBucket, runId: string): Promise<Resubmission[]> {
  const { ExportBucketName: Bucket, ExportPrefix } = stack.outputs;
  const found: Resubmission[] = [];
  const pages = paginateListObjectsV2(
    { client: stack.clients.s3 },
    { Bucket, Prefix: resubmissionKey(ExportPrefix, runId, '') },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '', LastModified: uploadedAt = new Date(0), Size: bytes = 0 } of Contents) {
      found.push({ key, uploadedAt, bytes });
    }
  }
  return found.toSorted((a, b) => a.uploadedAt.getTime() - b.uploadedAt.getTime());
}
