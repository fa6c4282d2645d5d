import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { sealed } from '../shared/handler.ts';
import { exportOf, type RunExport } from '../shared/run-input.ts';
import { logger } from '../shared/telemetry.ts';
import type { WatchedRun } from './night-runs.ts';

/**
 * Runs that one look asks for. DescribeExecution: 250 calls at once, then 10 per second and account in the smaller Regions,
 * and others need them too. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11.
 */
const MAX_DESCRIBED = 100;

/** Tells which export a run was started for; undefined if that can't be told, or was asked for too many runs. */
export type RunExports = (run: WatchedRun) => Promise<RunExport | undefined>;

/** Asks once for each run. */
export function createRunExports(sfn: SFNClient): RunExports {
  const exports = new Map<string, Promise<RunExport | undefined>>();
  return async (run) => {
    const known = exports.get(run.executionArn);
    if (known !== undefined || exports.size >= MAX_DESCRIBED) return known;
    const started = describedExport(run, sfn);
    exports.set(run.executionArn, started);
    return started;
  };
}

async function describedExport({ runId, executionArn }: WatchedRun, sfn: SFNClient): Promise<RunExport | undefined> {
  try {
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return exportOf(input);
  } catch (error) {
    logger.warn('A run could not be described.', { runId, error: sealed(error) });
    return undefined;
  }
}
