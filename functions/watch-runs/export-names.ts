import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { sealed } from '../shared/handler.ts';
import { exportOf } from '../shared/run-input.ts';
import { logger } from '../shared/telemetry.ts';
import type { WatchedRun } from './night-runs.ts';

/**
 * Runs that one look asks for. DescribeExecution: 250 calls at once, then 10 per second and account in the smaller Regions,
 * and others need them too. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11.
 */
const MAX_DESCRIBED = 100;

/** Tells which export a run was started for; undefined if that can't be told, or was asked for too many runs. */
export type ExportNames = (run: WatchedRun) => Promise<string | undefined>;

/** Asks once for each run. */
export function createExportNames(sfn: SFNClient): ExportNames {
  const names = new Map<string, Promise<string | undefined>>();
  return async (run) => {
    const known = names.get(run.executionArn);
    if (known !== undefined || names.size >= MAX_DESCRIBED) return known;
    const name = describedName(run, sfn);
    names.set(run.executionArn, name);
    return name;
  };
}

async function describedName({ runId, executionArn }: WatchedRun, sfn: SFNClient): Promise<string | undefined> {
  try {
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const started = exportOf(input);
    return started && `${started.bucket}/${started.key}`;
  } catch (error) {
    logger.warn('A run could not be described.', { runId, error: sealed(error) });
    return undefined;
  }
}
