import type { RunStatus } from '../../runs/list-runs.ts';
import { readSummary } from '../../runs/read-summary.ts';
import { NotFound } from '../../user-error.ts';
import type { RunView } from '../api.ts';
import type { Host } from '../host.ts';
import { leftBehind } from './left-behind.ts';
import { countByState } from './run.ts';
import { runLine } from './runs.ts';

/**
 * A run that Step Functions no longer knows, 90 days after its end, by its summary.
 *
 * @throws NotFound if it left none.
 */
export async function forgottenRun(host: Host, runId: string): Promise<RunView> {
  const summary = await readSummary(host.stack, runId);
  if (!summary) {
    throw new NotFound(
      `Step Functions no longer knows the run ${runId}, and it left no summary: it failed or was stopped.`,
    );
  }
  const status: RunStatus = summary.accounted ? 'SUCCEEDED' : 'FAILED';
  const startedAt = Date.parse(summary.startedAt);
  const { bucket, key, versionId, exportTime } = summary.export;
  const endedAt = startedAt + summary.seconds * 1_000;
  const run = { ...summary, runId, status, startedAt, endedAt, begunAt: startedAt, executionArn: '' };
  const line = await runLine(host, {
    ...run,
    totalRows: summary.rows,
    export: { bucket, key, resync: false, byUpload: true },
  });
  return {
    ...line,
    at: host.stack.clock.now(),
    executionArn: undefined,
    export: { bucket, key, ...(versionId && { versionId }), exportTime: Date.parse(exportTime) },
    resync: false,
    redrives: 0,
    callsPerSecond: 0,
    standsStill: false,
    cells: [],
    chunkCounts: countByState([]),
    attempts: [],
    rate: { step: 0, points: [] },
    machine: {},
    errors: [],
    canStop: false,
    canRedrive: false,
    ...(await leftBehind(host, run, JSON.stringify(summary))),
  };
}
