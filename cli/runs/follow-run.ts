import { join } from 'node:path';
import { type DescribeExecutionCommandOutput, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { readChunkFailures } from '../../functions/shared/run-failure/chunk-failures.ts';
import { type RunError, runError } from '../../functions/shared/run-failure/run-error.ts';
import { readRunProgress } from '../../functions/shared/run-progress.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { createProgressDisplay } from './progress-display.ts';
import { fetchRunFiles, type RunFiles } from './run-files.ts';
import { untilEnded } from './started-run.ts';

export type RunResult = SucceededResult | FailedResult;

export interface SucceededResult {
  readonly runId: string;
  readonly status: 'SUCCEEDED';
  readonly summary: RunSummary;
  readonly files: RunFiles;
}

export interface FailedResult {
  readonly runId: string;
  readonly status: string;
  /** What failed: the run's own error, or those of its chunks if it failed of them. */
  readonly errors: readonly RunError[];
}

/** What it takes to follow a run. */
export type FollowedStack = Omit<ConnectedStack, 'mapping'>;

/** Shows the progress of a run until it has ended, and fetches what it leaves behind. Ctrl-C stops the run, and what it synced is kept in the ledger. */
export async function followRun(executionArn: string, stack: FollowedStack): Promise<RunResult> {
  const { clients, clock, stream, signal } = stack;
  const runId = runIdOf(executionArn);
  const display = createProgressDisplay({ stream, quota: stack.quota, now: clock.now });
  const stop = () => {
    display.end();
    stream.write('\nStopping the run …\n');
    const command = new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'Stopped by the user.' });
    clients.sfn.send(command).catch(() => {
      stream.write(`Run ${runId} could not be stopped; it goes on.\n`);
    });
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });

  const execution = await untilEnded(clients.sfn, executionArn, clock, async () => {
    if (!signal.aborted) display.show(await readRunProgress(clients.dynamo, stack.outputs.RunTableName, runId));
  });
  display.end();
  signal.removeEventListener('abort', stop);

  if (execution.status !== 'SUCCEEDED' || !execution.output) {
    return {
      runId,
      status: execution.status ?? 'FAILED',
      errors: await errorsOf(clients.sfn, executionArn, execution),
    };
  }
  const summary = JSON.parse(execution.output) as RunSummary;
  const files = await fetchRunFiles(clients.s3, summary.files, join(stack.runsFolder, runId));
  return { runId, status: 'SUCCEEDED', summary, files };
}

async function errorsOf(
  sfn: SFNClient,
  executionArn: string,
  { status, error, cause }: DescribeExecutionCommandOutput,
): Promise<readonly RunError[]> {
  if (status === 'ABORTED') return [{ name: 'ABORTED' }];
  if (status === 'TIMED_OUT') return [{ name: 'States.Timeout' }];
  const chunks = await readChunkFailures(sfn, executionArn);
  return chunks && chunks.errors.length > 0 ? chunks.errors : [runError(error, cause)];
}

export function runIdOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}
