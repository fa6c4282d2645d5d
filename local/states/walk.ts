import { setImmediate as nextTurn } from 'node:timers/promises';
import { Interrupted, RUNTIME_ERROR, StateFailure } from './errors.ts';
import type { Payload } from './json.ts';
import { exitState, runState } from './run-state.ts';
import type { State, StateGraph } from './state.ts';
import { type EnteredState, enterState, type Run } from './visit.ts';

/**
 * Runs a graph of states from its start, or from the state that an attempt before a redrive had entered and not exited.
 *
 * @returns the output of its last state.
 * @throws StateFailure if a state failed for good.
 */
export async function walk(run: Run, graph: StateGraph, input: Payload, left?: EnteredState): Promise<Payload> {
  let state = stateOf(graph, left?.name ?? graph.startAt);
  let entered = left ?? enterState(run, graph.startAt, state.type, input);
  for (;;) {
    run.stateType = state.type;
    // Lets the host answer requests (StopExecution among them) between the states of a machine that never waits.
    await nextTurn();
    if (run.signal.aborted) throw new Interrupted();
    const outcome = await runState(run, state, entered);
    // One state is exited and the next one entered in one go: whenever an execution is stopped, a redrive finds a state
    // that was entered and not exited.
    exitState(run, entered.name, state.type, outcome);
    if (outcome.next === undefined) return outcome.output;
    state = stateOf(graph, outcome.next);
    entered = enterState(run, outcome.next, state.type, outcome.output);
  }
}

function stateOf(graph: StateGraph, name: string): State {
  const state = graph.states.get(name);
  if (state === undefined) throw new StateFailure({ error: RUNTIME_ERROR, cause: `No state '${name}'` });
  return state;
}
