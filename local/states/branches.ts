import { branchPath, type History } from './history.ts';
import type { Payload } from './json.ts';
import type { StateGraph } from './state.ts';
import type { Run, Visit } from './visit.ts';
import { walk } from './walk.ts';

/** The branches of a Parallel state, or the iterations of an inline Map. */
export interface BranchPlan {
  readonly count: number;
  /** How many run at once at most. */
  readonly limit: number;
  /** Of the event with which the state started; branches that an attempt before a redrive left are found by it. */
  readonly startedId: number;
  graph(index: number): StateGraph;
  input(index: number): Promise<Payload>;
  /** What a Map writes around each iteration, into the iteration's own history. */
  readonly iteration?: (
    history: History,
    index: number,
    step: 'Started' | 'Succeeded' | 'Failed' | 'Aborted',
  ) => number;
}

/** The types with an event for a state that was entered and is given up. */
const ABORTABLE = ['Task', 'Wait', 'Map', 'Parallel'];

interface Branch {
  readonly index: number;
  readonly run: Run;
  ended: boolean;
}

/**
 * Runs all branches and gives their outputs in order. The first that fails stops the others. The events of the state
 * itself then follow the branch that ended last, or the one that failed. After a redrive, branches that were done stay
 * done and the others go on where they stood.
 *
 * @throws what the branch threw.
 */
export async function runBranches(visit: Visit, plan: BranchPlan): Promise<Payload[]> {
  const { run } = visit;
  const { count, limit, startedId, iteration } = plan;
  const group = new AbortController();
  const signal = AbortSignal.any([run.signal, group.signal]);
  const outputs: Payload[] = [];
  const branches: Branch[] = [];
  let next = 0;
  let failed: { readonly error: unknown; readonly branch: Branch | undefined } | undefined;

  const runBranch = async (index: number, previous: number): Promise<number> => {
    const earlier = visit.branch(index);
    if (earlier?.output !== undefined) {
      outputs[index] = earlier.output;
      return previous;
    }
    const input = await plan.input(index);
    const path = `${branchPath(run.history.branch, startedId)}${index}/`;
    const history = run.history.fork(path, earlier?.lastEventId ?? previous);
    const variables = { ...run.variables, ...earlier?.variables };
    const branch: Branch = { index, run: { ...run, history, signal, variables, stateType: undefined }, ended: false };
    branches.push(branch);
    try {
      if (earlier === undefined && iteration) history.previous = iteration(history, index, 'Started');
      outputs[index] = await walk(branch.run, plan.graph(index), input, earlier?.entered);
      branch.ended = true;
      run.history.previous = iteration ? iteration(history, index, 'Succeeded') : history.previous;
    } catch (error) {
      failed ??= { error, branch };
    }
    return history.previous;
  };
  // A branch that starts when another one ended follows that one's last event.
  const slot = async () => {
    let { previous } = run.history;
    while (next < count && failed === undefined) previous = await runBranch(next++, previous);
  };
  const guarded = () =>
    slot()
      .catch((error) => {
        failed ??= { error, branch: undefined };
      })
      .finally(() => failed && group.abort());
  await Promise.all(Array.from({ length: Math.min(limit, count) }, guarded));
  if (failed === undefined) return outputs;
  const { error, branch } = failed;
  for (const one of branches) if (!one.ended) giveUp(one, one === branch && !run.signal.aborted, iteration);
  if (branch) run.history.previous = branch.run.history.previous;
  throw error;
}

/** Writes what becomes of a branch that failed, or was stopped because another one did. */
function giveUp({ index, run }: Branch, failed: boolean, iteration: BranchPlan['iteration']): void {
  const { history, stateType = '' } = run;
  if (!(failed && iteration) && ABORTABLE.includes(stateType)) history.addAside(`${stateType}StateAborted`);
  iteration?.(history, index, failed ? 'Failed' : 'Aborted');
}
