import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { isOfNight } from '../../functions/shared/export/upload-folders.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import { readRunCounts } from '../../functions/shared/run-progress.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type ListedRun, listRuns } from './list-runs.ts';

/** Runs that are asked for their exports, newest first: others need DescribeExecution, too. */
const MAX_DESCRIBED = 100;

/** A run and its export. */
export interface ExportRun {
  readonly runId: string;
  readonly startedAt: number;
  /** Undefined if the input names none. */
  readonly key: string | undefined;
  /** Epoch milliseconds; undefined until the export is cut into chunks. */
  readonly exportTime: number | undefined;
}

export interface LaterRun extends ExportRun {
  readonly status: 'RUNNING' | 'SUCCEEDED';
}

/** Runs that started after this one and are syncing, or have synced, a later export: its older rows change nothing of theirs. */
export async function readLaterRuns(
  run: ExportRun,
  stack: Pick<ConnectedStack, 'clients' | 'outputs'>,
): Promise<LaterRun[]> {
  const { clients, outputs } = stack;
  const candidates: ListedRun[] = [];
  for await (const other of listRuns(clients.sfn, outputs.StateMachineArn)) {
    // An old one that was redriven may stand anywhere in the list.
    if (other.startedAt <= run.startedAt && other.redrivenAt === undefined) break;
    if (other.startedAt > run.startedAt && isSyncing(other)) candidates.push(other);
    if (candidates.length === MAX_DESCRIBED) break;
  }
  const others = await Promise.all(candidates.map((other) => describe(other, stack)));
  return others.filter((other) => isOfLaterExport(other, run));
}

function isSyncing({ status }: ListedRun): boolean {
  return status === 'RUNNING' || status === 'SUCCEEDED';
}

async function describe(
  { runId, executionArn, startedAt, status }: ListedRun,
  { clients, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
): Promise<LaterRun> {
  const { input, output } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const run = { runId, startedAt, key: exportOf(input)?.key };
  if (status === 'SUCCEEDED' && output !== undefined) {
    const summary = JSON.parse(output) as RunSummary;
    return { ...run, status, exportTime: Date.parse(summary.export.exportTime) };
  }
  const { exportTime } = await readRunCounts(clients.dynamo, outputs.RunTableName, runId);
  return { ...run, status: 'RUNNING', exportTime };
}

export function isOfLaterExport(other: ExportRun, run: ExportRun): boolean {
  // Rows that were corrected or tried have the versions of the rows that they stand for.
  if (other.key === undefined || !isOfNight(other.key)) return false;
  if (other.exportTime === undefined || run.exportTime === undefined) return other.key === run.key;
  return other.exportTime > run.exportTime;
}
