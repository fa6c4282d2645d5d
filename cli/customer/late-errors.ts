import type { LateErrorFile } from '../../functions/late-errors/late-error-file.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type CustomerFile, customerFiles } from './run-bucket.ts';
import { textOf } from './s3-object.ts';

/** Files that are read at once. */
const READS_AT_ONCE = 20;

/** What the service accepted and failed on afterwards, and its file in the run bucket. */
export interface FoundLateError extends LateErrorFile {
  readonly key: string;
}

/** The late errors of a customer among these files, as they are read. */
export async function lateErrorsAmong(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  files: readonly CustomerFile[],
  customerKey: string,
): Promise<readonly FoundLateError[]> {
  const found: FoundLateError[] = [];
  for (let from = 0; from < files.length; from += READS_AT_ONCE) {
    const texts = await Promise.all(
      files.slice(from, from + READS_AT_ONCE).map(async ({ key }) => {
        return { key, text: await textOf(s3, { Bucket: outputs.RunBucketName, Key: key }) };
      }),
    );
    for (const { key, text } of texts) {
      if (text === undefined) continue;
      const error = JSON.parse(text) as LateErrorFile;
      if (error.customerKey === customerKey && error.objectTypeName === outputs.ObjectTypeName) {
        found.push({ ...error, key });
      }
    }
  }
  return found;
}

/** Files of late errors of what a run or live event sent; of records that nobody was known to have sent, if undefined. */
export function lateErrorFiles(
  stack: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string | undefined,
): Promise<readonly CustomerFile[]> {
  return customerFiles(stack, runFiles.lateErrors(runId));
}
