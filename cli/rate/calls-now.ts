import { readRunCounts } from '../../functions/shared/run-progress.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { listRuns } from '../runs/list-runs.ts';
import { createRateMeter } from '../runs/run-rate.ts';

/** What the runs at work do. */
export interface CallsNow {
  readonly runs: number;
  /** Of the last twenty seconds. */
  readonly callsPerSecond: number;
}

export async function readCallsNow({
  clients,
  outputs,
  clock,
}: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>): Promise<CallsNow> {
  let [runs, callsPerSecond] = [0, 0];
  for await (const { runId } of listRuns(clients.sfn, outputs.StateMachineArn, 'RUNNING')) {
    const { attempts } = await readRunCounts(clients.dynamo, outputs.RunTableName, runId);
    runs += 1;
    callsPerSecond += createRateMeter()(attempts, clock.now());
  }
  return { runs, callsPerSecond };
}
