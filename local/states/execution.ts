import { type ExecutionInfo, executionContext } from './context.ts';
import { type Failure, RUNTIME_ERROR, StateFailure } from './errors.ts';
import { stepFunctionsFunctions } from './functions.ts';
import { EventLog, History, WHOLE } from './history.ts';
import type { JsonObject } from './json.ts';
import { MAX_CAUSE_LENGTH, MAX_ERROR_LENGTH } from './limits.ts';
import type { Machinery } from './machinery.ts';
import { NOT_STARTED, type Position, positionOf } from './position.ts';
import type { StateGraph } from './state.ts';
import type { ExecutionEnd, NewExecution } from './store.ts';
import type { Run } from './visit.ts';
import { walk } from './walk.ts';

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
  const { store, clock } = machinery;
  const { arn, name, machineArn, startDate, input, roleArn } = request.execution;
  machinery.onTransition?.(machineArn);
  store.addExecution({ arn, name, machineArn, startDate, input: input.text, parent: request.parent });
  const history = new History(new EventLog((event) => store.addEvent(arn, event), clock));
  history.addAside('ExecutionStarted', { input: input.text, inputDetails: WHOLE, roleArn });
  return launch(machinery, request, history, NOT_STARTED);
}

/**
 * Goes on with an execution that ended without success, from the state that it had entered and not exited; it is RUNNING
 * in the store when this returns. The counters of that state's Retry and the machine's TimeoutSeconds begin anew.
 *
 * @param request.execution as it ended: this is one redrive more.
 */
export function redriveExecution(machinery: Machinery, request: ExecutionRequest): RunningExecution {
  const { store, clock } = machinery;
  const { arn } = request.execution;
  const redriveCount = request.execution.redriveCount + 1;
  const redriveDate = clock.now();
  const position = positionOf(store.events(arn));
  store.redriveExecution(arn, redriveCount, redriveDate);
  const { lastEventId } = position;
  const history = new History(new EventLog((event) => store.addEvent(arn, event), clock, lastEventId), lastEventId);
  history.add('ExecutionRedriven', { redriveCount });
  const execution = { ...request.execution, redriveCount, redriveDate };
  return launch(machinery, { ...request, execution }, history, position);
}

function launch(
  machinery: Machinery,
  { execution, graph, timeoutSeconds }: ExecutionRequest,
  history: History,
  { entered, variables }: Position,
): RunningExecution {
  const { store, clock, running } = machinery;
  const { arn } = execution;

  const interruption = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<ExecutionEnd>();
  const end = (outcome: Omit<ExecutionEnd, 'stopDate'>) => {
    // After a redrive there is another attempt under the same ARN.
    if (running.get(arn) !== handle) return;
    running.delete(arn);
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
  const integrations =
    machinery.integrations.withRole?.(execution.roleArn, execution.machineArn) ?? machinery.integrations;
  const run: Run = {
    machinery: { ...machinery, integrations },
    execution,
    history,
    signal: interruption.signal,
    context: executionContext(execution),
    functions: stepFunctionsFunctions(machinery.random),
    variables,
    stateType: undefined,
  };
  walk(run, graph, execution.input, entered).then(
    (output) => end({ status: 'SUCCEEDED', output: output.text }),
    (error) => interruption.signal.aborted || end({ status: 'FAILED', ...failureOf(error) }),
  );
  return handle;
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
