import { join } from 'node:path';
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { type ChunkError, readChunkFailures } from '../../functions/shared/run-failure/chunk-failures.ts';
import { type RunError, runError } from '../../functions/shared/run-failure/run-error.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { readDeadline } from './deadline.ts';
import { createStatusReader } from './live-status.ts';
import { patiently } from './patience.ts';
import { createProgressDisplay } from './progress-display.ts';
import { fetchRunFiles, type RunFiles } from './run-files.ts';
import { untilEnded } from './started-run.ts';
import { stopExecution } from './stop-run.ts';

export type RunResult = SucceededResult | FailedResult | LeftResult;

export interface SucceededResult {
  readonly runId: string;
  readonly status: 'SUCCEEDED';
  readonly summary: RunSummary;
  /** Where the files were fetched to; undefined if the run bucket keeps them no longer. */
  readonly files: RunFiles | undefined;
}

export interface FailedResult {
  readonly runId: string;
  readonly status: string;
  /** What failed: the run's own error, or those of its chunks if it failed of them. */
  readonly errors: readonly RunError[];
}

/** What it takes to follow a run. */
export type FollowedStack = Omit<ConnectedStack, 'mapping'>;

/** The user left the run alone: it goes on. */
export interface LeftResult {
  readonly runId: string;
  readonly status: 'RUNNING';
}

/**
 * Shows the progress of a run until it has ended, and fetches what it leaves behind. Ctrl-C leaves the run alone, unless it would
 * end with this process: then it stops the run, so that it can be redriven.
 */
export async function followRun(
  executionArn: string,
  stack: FollowedStack,
  display = createProgressDisplay(stack.stream),
): Promise<RunResult> {
  const { clients, clock, stream, signal, endsWithCommand } = stack;
  const runId = runIdOf(executionArn);
  const patient = <T>(look: () => Promise<T>): Promise<T> => patiently(look, { clock, signal, note: display.note });
  const stop = () => {
    display.end();
    stream.write('\nStopping the run …\n');
    stopExecution(clients.sfn, executionArn).catch(() => {
      stream.write(`Run ${runId} could not be stopped; it goes on.\n`);
    });
  };
  if (endsWithCommand) {
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  }
  try {
    const readStatus = await patient(() => statusReaderOf(executionArn, stack));
    const showStatus = async () => {
      if (!signal.aborted && display.isDue(clock.now())) display.show(await patient(readStatus));
    };
    const execution = await untilEnded(clients.sfn, executionArn, clock, showStatus, {
      signal: endsWithCommand ? undefined : signal,
      describe: () => patient(() => clients.sfn.send(new DescribeExecutionCommand({ executionArn }))),
    });
    return await patient(() => resultOf(runId, execution, stack));
  } finally {
    display.end();
    signal.removeEventListener('abort', stop);
  }
}

async function statusReaderOf(executionArn: string, stack: FollowedStack) {
  const {
    startDate,
    redriveDate,
    status = 'RUNNING',
    input,
  } = await stack.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const startedAt = startDate?.getTime() ?? 0;
  const begunAt = redriveDate?.getTime() ?? startedAt;
  const key = exportOf(input)?.key;
  const deadline = status === 'RUNNING' ? await readDeadline({ startedAt, key }, stack) : undefined;
  return createStatusReader({ runId: runIdOf(executionArn), begunAt }, deadline, stack);
}

async function resultOf(
  runId: string,
  execution: DescribeExecutionCommandOutput,
  { clients, runsFolder }: FollowedStack,
): Promise<RunResult> {
  const { status = 'FAILED', output, executionArn = '' } = execution;
  if (status === 'RUNNING') return { runId, status };
  if (status !== 'SUCCEEDED' || !output) {
    return { runId, status, errors: await errorsOf(clients.sfn, executionArn, execution) };
  }
  const summary = JSON.parse(output) as RunSummary;
  return { runId, status, summary, files: await fetchRunFiles(clients.s3, summary.files, join(runsFolder, runId)) };
}

/** What a run failed of: its own error, or those of its chunks. */
export async function errorsOf(
  sfn: SFNClient,
  executionArn: string,
  { status, error, cause }: DescribeExecutionCommandOutput,
): Promise<readonly (RunError & Partial<Pick<ChunkError, 'chunks'>>)[]> {
  if (status === 'ABORTED') return [{ name: 'ABORTED' }];
  if (status === 'TIMED_OUT') return [{ name: 'States.Timeout' }];
  const chunks = await readChunkFailures(sfn, executionArn);
  return chunks && chunks.errors.length > 0 ? chunks.errors : [runError(error, cause)];
}

export function runIdOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}
