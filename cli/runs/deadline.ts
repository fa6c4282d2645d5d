import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isOfNight } from '../../functions/shared/export/upload-folders.ts';
import { exportOf } from '../../functions/shared/run-input.ts';
import { firstExport, isDue, type WatchedRun } from '../../functions/watch-runs/night-runs.ts';
import { nightOf, readSchedule } from '../../functions/watch-runs/schedule.ts';
import type { Clients } from '../connect/clients.ts';
import type { StackOutputs } from '../connect/connected-stack.ts';
import { listRuns } from './list-runs.ts';

/** Runs that are asked what they are of: others need DescribeExecution, too. The rest are taken for exports. */
const MAX_DESCRIBED = 100;

/**
 * By when a run must be done, epoch milliseconds. Undefined if the deployment has no schedule, or the run may take its time: it
 * is of a correction or a row to try, or another export came before it and its night's deadline has passed.
 *
 * @param run.key of its export; undefined if its input names none.
 */
export async function readDeadline(
  run: Pick<WatchedRun, 'startedAt'> & { readonly key: string | undefined },
  {
    clients,
    outputs,
  }: {
    readonly clients: Pick<Clients, 'sfn'>;
    readonly outputs: Pick<StackOutputs, 'StateMachineArn' | 'Schedule'>;
  },
): Promise<number | undefined> {
  const { startedAt, key } = run;
  if (outputs.Schedule === undefined) return undefined;
  if (key !== undefined && !isOfNight(key)) return undefined;
  const night = nightOf(readSchedule(JSON.parse(outputs.Schedule)), startedAt);
  if (startedAt <= night.doneBy) return night.doneBy;
  const earlier: WatchedRun[] = [];
  for await (const other of listRuns(clients.sfn, outputs.StateMachineArn)) {
    // An old one that was redriven may stand anywhere in the list.
    if (other.startedAt <= night.opensAt && other.redrivenAt === undefined) break;
    if (other.startedAt < startedAt) earlier.push(other);
  }
  const first = (await firstExport(night, earlier, exportTeller(clients.sfn))) ?? run;
  return isDue(night, run, first) ? night.doneBy : undefined;
}

/** Tells a run of an export from one of a correction or of a row to try. */
function exportTeller(sfn: SFNClient): (run: WatchedRun) => Promise<boolean> {
  let described = 0;
  return async ({ executionArn }) => {
    described += 1;
    if (described > MAX_DESCRIBED) return true;
    const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const started = exportOf(input);
    return started === undefined || isOfNight(started.key);
  };
}
