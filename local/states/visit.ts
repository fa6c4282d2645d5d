import { type ExecutionInfo, stateContext } from './context.ts';
import { EvaluationFault, type Failure, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import { type History, WHOLE } from './history.ts';
import type { Json, JsonObject, Payload } from './json.ts';
import type { Machinery } from './machinery.ts';

/** One execution at work. */
export interface Run {
  readonly machinery: Machinery;
  readonly execution: ExecutionInfo;
  readonly history: History;
  /** Aborts when the execution was stopped or timed out. */
  readonly signal: AbortSignal;
  /** `$states.context` without its State. */
  readonly context: JsonObject;
  readonly functions: Scope;
  /** Replaced as a whole when a state assigns. */
  variables: JsonObject;
}

/** What `$states` holds beside `input` and `context`, where a field may read it. */
export interface Results {
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** `$states.context.Map`. */
  readonly map?: Json;
}

/** One visit of a state: from its entered event, through all its retries, to its exit or failure. */
export class Visit {
  readonly run: Run;
  readonly stateName: string;
  readonly input: Payload;
  readonly enteredEventId: number;
  /** How often the state was tried again. */
  retryCount = 0;
  readonly #eventBefore: number;
  readonly #enteredDate: number;

  constructor(run: Run, stateName: string, stateType: string, input: Payload) {
    this.run = run;
    this.stateName = stateName;
    this.input = input;
    this.#eventBefore = run.history.previous;
    this.#enteredDate = run.machinery.clock.now();
    const details = { name: stateName, input: input.text, inputDetails: WHOLE };
    this.enteredEventId = run.history.add(`${stateType}StateEntered`, details);
  }

  scope(results: Results = {}): Scope {
    const { result, errorOutput, map } = results;
    const State = stateContext(this.stateName, this.#enteredDate, this.retryCount);
    const context = { ...this.run.context, State, ...(map !== undefined && { Map: map }) };
    const states = {
      input: this.input.value,
      context,
      ...(result !== undefined && { result }),
      ...(errorOutput !== undefined && { errorOutput }),
    };
    return { ...this.run.functions, ...this.run.variables, states };
  }

  /** A cause in AWS's words, for what is not the task's own failure. */
  cause(what: string): string {
    return `An error occurred while executing the state '${this.stateName}' (entered at the event id #${this.enteredEventId}). ${what}`;
  }

  /**
   * What Retry and Catch see of an error; writes EvaluationFailed for a failed expression.
   *
   * @throws the error itself if it is not a failure of the state (the execution was interrupted, a fault of the interpreter).
   */
  failureOf(error: unknown): Failure {
    if (error instanceof StateFailure) return error.failure;
    if (!(error instanceof EvaluationFault)) throw error;
    const failure = { error: 'States.QueryEvaluationError', cause: this.cause(error.message) };
    const { history } = this.run;
    // AWS leaves the entered event without a successor when an expression is what failed.
    const skipsEntered = history.previous === this.enteredEventId && !error.refusedByField;
    const previous = skipsEntered ? this.#eventBefore : history.previous;
    history.add('EvaluationFailed', { ...failure, location: error.field, state: this.stateName }, previous);
    return failure;
  }
}
