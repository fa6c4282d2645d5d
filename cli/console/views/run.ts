import { attemptViews, type ChunkCell, chunkCells } from '../../../functions/shared/report/chunk-states.ts';
import { type RateSeries, rateSeries } from '../../../functions/shared/report/rate-series.ts';
import { remedyFor } from '../../../functions/shared/run-failure/error-catalogue.ts';
import { errorsOf } from '../../runs/follow-run.ts';
import { type ListedRun, listedRun } from '../../runs/list-runs.ts';
import { overviewOf } from '../../runs/run-overview.ts';
import { NOTES_COME_WITHIN_MS } from '../../runs/run-rate.ts';
import type { ErrorView, RunView } from '../api.ts';
import type { Host } from '../host.ts';
import { machineStates } from '../machine-states.ts';
import { prospectsOf } from '../prospects.ts';
import { historyOf } from '../run-history.ts';
import { callsPerSecond, execution, foundRun, goodFor, progressOf, stateOf } from '../run-reads.ts';
import { forgottenRun } from './forgotten-run.ts';
import { leftBehind } from './left-behind.ts';
import { machineView } from './machine.ts';
import { runLine } from './runs.ts';

/** As many as a browser draws well. */
const MAX_CELLS = 5_000;
const MAX_ATTEMPTS = 10_000;
/** Of the rate over time: some three pixels each. */
const MAX_POINTS = 300;

/** @throws NotFound */
export async function runView(host: Host, name: string): Promise<RunView> {
  const { runId, executionArn } = await foundRun(host, name);
  if (executionArn === undefined) return forgottenRun(host, runId);
  const described = await execution(host, executionArn);
  const run = listedRun(described);
  if (!run) throw new TypeError('DescribeExecution answered with a status that runs do not have.');
  const progress = await progressOf(host, runId);
  const at = host.stack.clock.now();
  const overview = await overviewOf(run, described, async () => progress, at);
  const isAtWork = run.status === 'RUNNING';
  const cells = chunkCells(progress.attempts, progress.totalChunks, isAtWork);
  const chunkCounts = countByState(cells);
  const rate = rateSeries(progress.attempts, MAX_POINTS);
  const drawing = await machineView(host, runId);
  const { bucket, key, versionId, resync = false } = overview.export ?? {};
  return {
    ...(await runLine(host, overview)),
    at,
    executionArn,
    export:
      bucket === undefined || key === undefined
        ? undefined
        : {
            bucket,
            key,
            ...(versionId && { versionId }),
            ...(progress.exportTime && { exportTime: progress.exportTime }),
          },
    resync,
    redrives: described.redriveCount ?? 0,
    callsPerSecond: isAtWork ? await callsPerSecond(host, runId) : 0,
    ...(isAtWork ? await prospects(host, run, key) : { standsStill: false }),
    cells: cells.length > MAX_CELLS ? [] : cells,
    chunkCounts,
    attempts: progress.attempts.length > MAX_ATTEMPTS ? [] : attemptViews(progress.attempts, isAtWork),
    rate: isAtWork ? knownUntil(at - NOTES_COME_WITHIN_MS, rate) : rate,
    machine: machineStates(await historyOf(host, run), drawing.nodes, chunkCounts),
    errors: await errorViews(host, run),
    canStop: isAtWork,
    canRedrive: !isAtWork && described.redriveStatus === 'REDRIVABLE',
    ...(await leftBehind(host, run, described.output)),
  };
}

/** Without the last intervals, of which not all workers have told yet: they would look like a fall of the rate. */
function knownUntil(time: number, { step, points }: RateSeries): RateSeries {
  return { step, points: points.filter(({ until }) => until <= time) };
}

export function countByState(cells: readonly ChunkCell[]): RunView['chunkCounts'] {
  const counts = { done: 0, 'at work': 0, again: 0, failed: 0, stopped: 0, 'not started': 0 };
  for (const { state } of cells) counts[state] += 1;
  return counts;
}

async function prospects(
  host: Host,
  run: ListedRun,
  key: string | undefined,
): Promise<Pick<RunView, 'endsAt' | 'standsStill' | 'deadline'>> {
  const { endsAt, deadline } = await prospectsOf(host, run, key);
  const standsStill = endsAt === Number.POSITIVE_INFINITY;
  return {
    ...(endsAt !== undefined && !standsStill && { endsAt }),
    standsStill,
    ...(deadline !== undefined && { deadline }),
  };
}

/** What ended a run; none of one that is at work or succeeded. */
function errorViews(host: Host, run: ListedRun): Promise<readonly ErrorView[]> {
  const { status, executionArn } = run;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return Promise.resolve([]);
  return host.recall(`errors ${stateOf(run)}`, goodFor(run, host), async () => {
    const described = await execution(host, executionArn);
    const errors = await errorsOf(host.stack.clients.sfn, executionArn, described);
    return errors.map(({ name, message, chunks = [] }) => {
      const { meaning, whatToDo } = remedyFor(name);
      return { name, meaning, whatToDo, ...(message !== undefined && { message }), chunks };
    });
  });
}
