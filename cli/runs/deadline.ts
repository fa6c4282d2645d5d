import { dueRuns, type WatchedRun } from '../../functions/watch-runs/night-runs.ts';
import { nightOf, readSchedule } from '../../functions/watch-runs/schedule.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { listRuns } from './list-runs.ts';

/**
 * By when a run must be done, epoch milliseconds. Undefined if the deployment has no schedule, or the run may take its time
 * as it came after its night's deadline.
 */
export async function readDeadline(
  run: WatchedRun,
  { clients, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
): Promise<number | undefined> {
  if (outputs.Schedule === undefined) return undefined;
  const night = nightOf(readSchedule(JSON.parse(outputs.Schedule)), run.startedAt);
  const runs: WatchedRun[] = [run];
  for await (const other of listRuns(clients.sfn, outputs.StateMachineArn)) {
    // An old one that was redriven may stand anywhere in the list.
    if (other.startedAt <= night.opensAt && other.redrivenAt === undefined) break;
    if (other.runId !== run.runId) runs.push(other);
  }
  return dueRuns(night, runs).some(({ runId }) => runId === run.runId) ? night.doneBy : undefined;
}
