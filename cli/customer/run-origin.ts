import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  paginateGetExecutionHistory,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { RunSummary, SplitExportOutput } from '../../functions/shared/contracts.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { textOf } from './s3-object.ts';

const SPLIT_STATE = 'SplitExport';
const EVENT_PREFIX = 'event/';

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
  if (runId.startsWith(EVENT_PREFIX)) return { kind: 'event', runId, eventId: runId.slice(EVENT_PREFIX.length) };
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

/** How a run was cut into chunks; undefined if it was not, or Step Functions no longer knows the run (after 90 days). */
export async function readSplit(
  { clients: { sfn }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string,
): Promise<SplitExportOutput | undefined> {
  const executionArn = executionOf(outputs.StateMachineArn, runId);
  return unlessForgotten(async () => {
    // The history of a run is short: its chunks have histories of their own.
    for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
      const exited = events.find(({ stateExitedEventDetails: details }) => details?.name === SPLIT_STATE);
      const output = exited?.stateExitedEventDetails?.output;
      if (output !== undefined) return JSON.parse(output) as SplitExportOutput;
    }
    return undefined;
  });
}

/** Undefined if the run did not come to its end. */
export async function readSummary(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string,
): Promise<RunSummary | undefined> {
  const text = await textOf(s3, { Bucket: outputs.RunBucketName, Key: runFiles.summary(runId) });
  return text === undefined ? undefined : (JSON.parse(text) as RunSummary);
}

async function inputOf({ clients, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>, runId: string) {
  const executionArn = executionOf(outputs.StateMachineArn, runId);
  return unlessForgotten(async () => exportOf(await inputText(clients.sfn, executionArn)));
}

async function inputText(sfn: SFNClient, executionArn: string): Promise<string | undefined> {
  return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).input;
}

async function unlessForgotten<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

function executionOf(stateMachineArn: string, runId: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
}
