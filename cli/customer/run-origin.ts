import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { eventIdOf } from '../../functions/shared/event-run.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { executionArnOf, unlessForgotten } from '../runs/execution.ts';
import { readSplit } from '../runs/read-split.ts';
import { readSummary } from '../runs/read-summary.ts';

/** What sent a record: a run, for an export; or a live event. */
export type Origin =
  | { readonly kind: 'event'; readonly runId: string; readonly eventId: string }
  | {
      readonly kind: 'run';
      readonly runId: string;
      /** Undefined if nobody knows it any more. */
      readonly export?: { readonly bucket: string; readonly key: string; readonly versionId?: string };
      /** When the data was taken, ISO 8601; undefined if the run did not get so far. */
      readonly exportTime?: string;
    };

export async function originOf(stack: ConnectedStack, runId: string): Promise<Origin> {
  const eventId = eventIdOf(runId);
  if (eventId !== undefined) return { kind: 'event', runId, eventId };
  const split = await readSplit(stack, runId);
  const known = split?.export ?? (await readSummary(stack, runId))?.export;
  if (known) {
    const { bucket, key, versionId, exportTime } = known;
    return { kind: 'run', runId, export: { bucket, key, ...(versionId && { versionId }) }, exportTime };
  }
  const input = await inputOf(stack, runId);
  if (input === undefined) return { kind: 'run', runId };
  const { bucket, key, versionId } = input;
  return { kind: 'run', runId, export: { bucket, key, ...(versionId && { versionId }) } };
}

async function inputOf({ clients, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>, runId: string) {
  const executionArn = executionArnOf(outputs.StateMachineArn, runId);
  return unlessForgotten(async () => {
    const { input } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    return exportOf(input);
  });
}
