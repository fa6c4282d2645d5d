import { DescribeExecutionCommand, type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { type RunProgress, readRunProgress } from '../../functions/shared/run-progress.ts';
import { type RateState, readRate } from '../rate/rate-state.ts';
import { type FoundRun, findRun } from '../runs/find-run.ts';
import { type ListedRun, listRuns } from '../runs/list-runs.ts';
import { overviewOf, type RunOverview } from '../runs/run-overview.ts';
import { createRateMeter } from '../runs/run-rate.ts';
import type { Host } from './host.ts';

/** What a page that polls sees is at most so old. */
export const LIVE_MS = 1_000;
/**
 * The list of runs is older: in the smaller Regions ListExecutions may be called twice a second by the whole account.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11.
 */
const LIST_MS = 2_000;
/** Of a run that ended lately: its workers still note what they end. */
const SETTLING_MS = 5_000;
/** After that nothing of an ended run changes, unless it is redriven. Longer than a worker lives. */
const SETTLED_AFTER_MS = 600_000;
export const FOREVER = Number.POSITIVE_INFINITY;

/** The newest runs that are looked at; those that were redriven stand where they were started. */
const LISTED = 1_000;

/** @throws NotFound */
export function foundRun({ stack, recall }: Host, run: string): Promise<FoundRun> {
  return recall(`run ${run}`, FOREVER, () => findRun(stack, run));
}

/** Newest first. */
export function listedRuns({ stack: { clients, outputs }, recall }: Host): Promise<readonly ListedRun[]> {
  return recall('runs', LIST_MS, async () => {
    const runs: ListedRun[] = [];
    for await (const run of listRuns(clients.sfn, outputs.StateMachineArn)) {
      runs.push(run);
      if (runs.length === LISTED) break;
    }
    return runs;
  });
}

export function execution({ stack, recall }: Host, executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return recall(`execution ${executionArn}`, LIVE_MS, () =>
    stack.clients.sfn.send(new DescribeExecutionCommand({ executionArn })),
  );
}

/** Sums and attempts of a run, as of when it was last looked at. */
export async function progressOf(host: Host, runId: string): Promise<RunProgress> {
  return (await lookAt(host, runId)).progress;
}

/**
 * A run of many chunks is looked at less often, by a millisecond for each attempt: each look reads the items of all of them.
 *
 * @returns `at`, when that was, epoch milliseconds.
 */
async function lookAt(
  { stack: { clients, outputs, clock }, recall }: Host,
  runId: string,
): Promise<{ readonly progress: RunProgress; readonly at: number }> {
  const sizes = await recall('sizes of runs', FOREVER, async () => new Map<string, number>());
  return recall(`progress ${runId}`, LIVE_MS + (sizes.get(runId) ?? 0), async () => {
    const at = clock.now();
    const progress = await readRunProgress(clients.dynamo, outputs.RunTableName, runId);
    sizes.set(runId, progress.attempts.length);
    return { progress, at };
  });
}

export function rateNow({ stack, recall }: Host): Promise<RateState> {
  return recall('rate', LIVE_MS, () => readRate(stack));
}

/** Of a run at work, over the twenty seconds before it was last looked at: nothing is known yet of the time since. */
export async function callsPerSecond(host: Host, runId: string): Promise<number> {
  const meter = await host.recall(`meter ${runId}`, FOREVER, async () => createRateMeter());
  const { progress, at } = await lookAt(host, runId);
  return meter(progress.attempts, at);
}

/** How long it is good what was read of a run in this state. */
export function goodFor({ status, endedAt }: ListedRun, { stack }: Host): number {
  if (status === 'RUNNING') return LIVE_MS;
  return stack.clock.now() - (endedAt ?? 0) > SETTLED_AFTER_MS ? FOREVER : SETTLING_MS;
}

/** Tells what a run was at each time that it ended. */
export function stateOf({ executionArn, status, redrivenAt = 0 }: ListedRun): string {
  return `${executionArn} ${status} ${redrivenAt}`;
}

export function overview(host: Host, run: ListedRun): Promise<RunOverview> {
  const { stack, recall } = host;
  return recall(`overview ${stateOf(run)}`, goodFor(run, host), async () => {
    // Of a run at work only the input is of interest here, which stays.
    const described = await recall(`described ${stateOf(run)}`, FOREVER, () =>
      stack.clients.sfn.send(new DescribeExecutionCommand({ executionArn: run.executionArn })),
    );
    return overviewOf(run, described, () => progressOf(host, run.runId), stack.clock.now());
  });
}
