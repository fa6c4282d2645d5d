import type { ConnectedStack } from '../connect/connected-stack.ts';
import { counted } from '../output/words.ts';
import { UserError } from '../user-error.ts';
import { findExecution } from './find-run.ts';
import { type ListedRun, listRuns } from './list-runs.ts';

/**
 * The run to watch, its ARN: of runs at work the one that was begun last, else the newest.
 *
 * @param run the run's name, or the beginning of it, if the user names one.
 * @throws UserError if there is none.
 */
export async function runToWatch(run: string | undefined, stack: ConnectedStack): Promise<string> {
  if (run !== undefined) return (await findExecution(stack, run)).executionArn;
  const { clients, outputs, stream, call } = stack;
  const running: ListedRun[] = [];
  for await (const one of listRuns(clients.sfn, outputs.StateMachineArn, 'RUNNING')) running.push(one);
  const [newest, ...others] = running.toSorted((a, b) => b.begunAt - a.begunAt);
  if (others.length > 0) {
    stream.write(`${counted(others.length, 'other run')} at work: ${call('runs --state running')}\n`);
  }
  if (newest) return newest.executionArn;
  for await (const { executionArn } of listRuns(clients.sfn, outputs.StateMachineArn)) return executionArn;
  throw new UserError(`There is no run to watch. An upload starts one: ${call('upload FILE')}`);
}
