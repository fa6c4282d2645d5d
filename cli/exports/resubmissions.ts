import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

/** Below the prefix of exports: corrected rejected files, each in a folder of the run that it corrects. */
export const RESUBMIT_FOLDER = 'resubmit/';

const RESUBMITTED_KEY = /^[^/]+\/resubmit\/([^/]+)\/./;

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

/** @param runId in full: the key is what links the resubmission to its run, in inputs, summaries and lists. */
export function resubmissionKey(exportPrefix: string, runId: string, name: string): string {
  return `${exportPrefix}${RESUBMIT_FOLDER}${runId}/${name}`;
}

/** The run that the export of this key corrects; undefined if it is no resubmission. */
export function resubmits(key: string): string | undefined {
  return RESUBMITTED_KEY.exec(key)?.[1];
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
