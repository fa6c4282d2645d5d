import { DescribeExecutionCommand, type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { secondsAtWork } from '../../functions/shared/report/work-clock.ts';
import { runError } from '../../functions/shared/run-failure/run-error.ts';
import { exportOf, type RunExport } from '../../functions/shared/run-input.ts';
import { type RunProgress, readRunCounts } from '../../functions/shared/run-progress.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { ListedRun } from './list-runs.ts';
import { newestAttempts } from './newest-attempts.ts';

/** What became of a run, or of as much of it as is done. */
export interface RunOverview extends ListedRun, Counts {
  /** Undefined if the input names none. */
  readonly export: RunExport | undefined;
  /** Undefined until the export is cut into chunks. */
  readonly totalRows: number | undefined;
  /** From its start to its end, or to now; of a run that was redriven without the time in which it lay still. */
  readonly seconds: number;
  /** Name of the error that ended it; that of most chunks if it failed of them. */
  readonly error?: string;
}

/** One DescribeExecution, and for a run that is not simply done one look at its progress. */
export async function readOverview(
  run: ListedRun,
  { clients, outputs, clock }: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
): Promise<RunOverview> {
  const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: run.executionArn }));
  const readProgress = () => readRunCounts(clients.dynamo, outputs.RunTableName, run.runId);
  return overviewOf(run, execution, readProgress, clock.now());
}

/** @param readProgress is asked only if the run is not simply done. */
export async function overviewOf(
  run: ListedRun,
  execution: Pick<DescribeExecutionCommandOutput, 'input' | 'output' | 'error' | 'cause'>,
  readProgress: () => Promise<RunProgress>,
  now: number,
): Promise<RunOverview> {
  const { startedAt, endedAt = now } = run;
  const started = { ...run, export: exportOf(execution.input) };
  const summary = run.status === 'SUCCEEDED' ? summaryOf(execution.output) : undefined;
  if (summary && run.redrivenAt === undefined) {
    return { ...started, ...countsOf(summary), totalRows: summary.rows, seconds: (endedAt - startedAt) / 1000 };
  }
  const progress = await readProgress();
  const seconds = run.redrivenAt === undefined ? (endedAt - startedAt) / 1000 : secondsAtWork(progress.attempts);
  const error =
    run.status === 'FAILED' ? errorOf(runError(execution.error, execution.cause).name, progress) : undefined;
  return {
    ...started,
    ...countsOf(summary ?? progress),
    totalRows: summary?.rows ?? progress.totalRows,
    seconds,
    ...(error !== undefined && { error }),
  };
}

export function summaryOf(output: string | undefined): RunSummary | undefined {
  return output === undefined ? undefined : (JSON.parse(output) as RunSummary);
}

/** What the progress and the summary of a run both have; `rows` are those with an outcome. */
type Counts = Pick<
  RunProgress,
  'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted' | 'calls' | 'throttled' | 'retries'
>;

function countsOf({ rows, synced, unchanged, stale, rejected, deleted, calls, throttled, retries }: Counts): Counts {
  const counts = { rows, synced, unchanged, stale, rejected, calls, throttled, retries };
  return deleted ? { ...counts, deleted } : counts;
}

/** A Map fails of its chunks: what most of them noted as their end says more than its own error. */
function errorOf(name: string, { attempts }: RunProgress): string {
  if (name !== 'States.ExceedToleratedFailureThreshold') return name;
  const ends = newestAttempts(attempts).flatMap(({ ended }) => (ended === undefined || ended === 'done' ? [] : ended));
  const byName = [...Map.groupBy(ends, (end) => end)].toSorted(([, a], [, b]) => b.length - a.length);
  return byName[0]?.[0] ?? name;
}
