import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { JsonObject } from '../shared/export/json-object.ts';
import { runFiles } from '../shared/export/run-files.ts';

/** One late error, as a file in RunBucket. It holds customer data, and nothing else does of what LateErrors writes. */
export interface LateErrorFile {
  readonly customerKey: string;
  readonly objectTypeName: string;
  /** As it was put, if the message holds all of it. */
  readonly object: JsonObject;
  /** In the service's words. */
  readonly reason: string;
  /** ISO 8601: when the service sent the message, and when it was read. */
  readonly sentAt: string;
  readonly receivedAt: string;
  /** Of what the ledger knew to be accepted last, in the form of `_version`; absent if it knew nothing. */
  readonly version?: string;
  /** Which late error of this content it is, from 1; absent if the ledger did not know the customer. */
  readonly attempt?: number;
  /** Whether the content is not sent again for this one. */
  readonly givenUp: boolean;
}

/** Writes the file of one message; the same message written again replaces it. */
export async function writeLateErrorFile(
  { s3, runBucket }: { readonly s3: S3Client; readonly runBucket: string },
  file: { readonly runId: string | undefined; readonly messageId: string; readonly content: LateErrorFile },
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: runBucket,
      Key: runFiles.lateError(file.runId, file.messageId),
      Body: `${JSON.stringify(file.content, undefined, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}
