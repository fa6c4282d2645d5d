import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExecutionInfo, executionContext } from './context.ts';
import { type Failure, Interrupted, RUNTIME_ERROR, StateFailure } from './errors.ts';
import { stepFunctionsFunctions } from './functions.ts';
import { History, WHOLE } from './history.ts';
import type { JsonObject, Payload } from './json.ts';
import { MAX_CAUSE_LENGTH, MAX_ERROR_LENGTH } from './limits.ts';
import type { Machinery } from './machinery.ts';
import { runState } from './run-state.ts';
import type { StateGraph } from './state.ts';
import type { ExecutionEnd, NewExecution } from './store.ts';
import type { Run } from './visit.ts';

export interface ExecutionRequest {
  readonly execution: ExecutionInfo;
  readonly graph: StateGraph;
  /** The machine's TimeoutSeconds. */
  readonly timeoutSeconds?: number | undefined;
  readonly parent?: NewExecution['parent'];
}

export interface RunningExecution {
  readonly arn: string;
  /** Never rejects: a failure is an end like others, and is in the store by then. */
  readonly done: Promise<ExecutionEnd>;
  /** Ends the execution now, and the children that it has running; without effect if it has ended. */
  stop(failure?: Failure): void;
}

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

/** Starts an execution; it is in the store when this returns. */
export function startExecution(machinery: Machinery, request: ExecutionRequest): RunningExecution {
  const { store, clock, running } = machinery;
  const { execution, timeoutSeconds } = request;
  const { arn, name, machineArn, startDate, input } = execution;
  store.addExecution({ arn, name, machineArn, startDate, input: input.text, parent: request.parent });
  const history = new History((event) => store.addEvent(arn, event), clock);
  history.addAside('ExecutionStarted', { input: input.text, inputDetails: WHOLE, roleArn: execution.roleArn });

  const interruption = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<ExecutionEnd>();
  const end = (outcome: Omit<ExecutionEnd, 'stopDate'>) => {
    if (!running.delete(arn)) return;
    cancelLimit();
    const shortened = { ...outcome, ...shorten(outcome) };
    history.close(END_EVENTS[outcome.status], endDetails(shortened));
    const ended = { ...shortened, stopDate: clock.now() };
    store.endExecution(arn, ended);
    if (outcome.status === 'ABORTED' || outcome.status === 'TIMED_OUT') interruption.abort();
    resolve(ended);
  };
  const cancelLimit =
    timeoutSeconds === undefined
      ? () => {}
      : clock.limit(timeoutSeconds * 1000, () => end({ status: 'TIMED_OUT', error: 'States.Timeout' }));

  const handle: RunningExecution = { arn, done, stop: (failure = {}) => end({ status: 'ABORTED', ...failure }) };
  running.set(arn, handle);
  const run: Run = {
    machinery,
    execution,
    history,
    signal: interruption.signal,
    context: executionContext(execution),
    functions: stepFunctionsFunctions(machinery.random),
    variables: {},
  };
  walk(run, request.graph).then(
    (output) => end({ status: 'SUCCEEDED', output: output.text }),
    (error) => interruption.signal.aborted || end({ status: 'FAILED', ...failureOf(error) }),
  );
  return handle;
}

async function walk(run: Run, graph: StateGraph): Promise<Payload> {
  let name: string | undefined = graph.startAt;
  let payload = run.execution.input;
  while (name !== undefined) {
    // Lets the host answer requests (StopExecution among them) between the states of a machine that never waits.
    await nextTurn();
    if (run.signal.aborted) throw new Interrupted();
    const state = graph.states.get(name);
    if (state === undefined) throw new StateFailure({ error: RUNTIME_ERROR, cause: `No state '${name}'` });
    const outcome = await runState(run, name, state, payload);
    payload = outcome.output;
    name = outcome.next;
  }
  return payload;
}

function failureOf(error: unknown): Failure {
  if (error instanceof StateFailure) return error.failure;
  // A fault of the interpreter or of an integration, not of the definition. Its message may hold data: it goes no further than this terminal.
  console.error(error);
  const kind = error instanceof Error ? error.name : typeof error;
  return { error: RUNTIME_ERROR, cause: `Step Functions failed inside (${kind}); standard error says where.` };
}

function shorten({ error, cause }: Failure): Failure {
  return { error: error?.slice(0, MAX_ERROR_LENGTH), cause: cause?.slice(0, MAX_CAUSE_LENGTH) };
}

function endDetails({ status, output, error, cause }: Omit<ExecutionEnd, 'stopDate'>): JsonObject {
  if (status === 'SUCCEEDED') return { output: output ?? 'null', outputDetails: WHOLE };
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
