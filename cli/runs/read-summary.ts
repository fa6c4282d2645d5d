import type { RunSummary } from '../../functions/shared/contracts.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { textOf } from '../connect/s3-object.ts';

/** What a run left in the run bucket; undefined if it did not come to its end, or its files have expired. */
export async function readSummary(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string,
): Promise<RunSummary | undefined> {
  const text = await textOf(s3, { Bucket: outputs.RunBucketName, Key: runFiles.summary(runId) });
  return text === undefined ? undefined : (JSON.parse(text) as RunSummary);
}
