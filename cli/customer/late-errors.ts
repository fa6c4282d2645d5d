import { text } from 'node:stream/consumers';
import type { LateErrorFile } from '../../functions/late-errors/late-error-file.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openObject } from '../connect/s3-object.ts';
import { type CustomerFile, customerFiles } from './run-bucket.ts';

/** Files that are read at once. */
const READS_AT_ONCE = 20;

/** What the service accepted and failed on afterwards, and its file in the run bucket. */
export interface FoundLateError extends LateErrorFile {
  readonly key: string;
  /** Set if the bucket keeps versions: they stay when the file is deleted. */
  readonly versionId: string | undefined;
}

/** The late errors of a customer among these files, as they are read, and the files that hold none, for example since they were edited. */
export async function lateErrorsAmong(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  files: readonly CustomerFile[],
  customerKey: string,
): Promise<{ readonly found: readonly FoundLateError[]; readonly unreadable: readonly CustomerFile[] }> {
  const found: FoundLateError[] = [];
  const unreadable: CustomerFile[] = [];
  for (let from = 0; from < files.length; from += READS_AT_ONCE) {
    const read = await Promise.all(
      files.slice(from, from + READS_AT_ONCE).map(async (file) => {
        const object = await openObject(s3, { Bucket: outputs.RunBucketName, Key: file.key });
        return object && { file, versionId: object.versionId, error: lateErrorIn(await text(object.bytes)) };
      }),
    );
    for (const one of read) {
      if (!one) continue;
      const { file, versionId, error } = one;
      if (!error) unreadable.push(file);
      else if (error.customerKey === customerKey && error.objectTypeName === outputs.ObjectTypeName) {
        found.push({ ...error, key: file.key, versionId });
      }
    }
  }
  return { found, unreadable };
}

function lateErrorIn(content: string): LateErrorFile | undefined {
  try {
    const file: unknown = JSON.parse(content);
    return isLateError(file) ? file : undefined;
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}

function isLateError(file: unknown): file is LateErrorFile {
  return typeof file === 'object' && file !== null && 'customerKey' in file && 'objectTypeName' in file;
}

/** Files of late errors of what a run or live event sent; of records that nobody was known to have sent, if undefined. */
export function lateErrorFiles(
  stack: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string | undefined,
): Promise<readonly CustomerFile[]> {
  return customerFiles(stack, runFiles.lateErrors(runId));
}
