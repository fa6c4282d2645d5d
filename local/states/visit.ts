import { type ExecutionInfo, stateContext } from './context.ts';
import { EvaluationFault, type Failure, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import { type History, WHOLE } from './history.ts';
import type { Json, JsonObject, Payload } from './json.ts';
import type { Machinery } from './machinery.ts';
import type { Position } from './position.ts';

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
  /** Type of the state that was entered last. */
  stateType: string | undefined;
}

/** What `$states` holds beside `input` and `context`, where a field may read it. */
export interface Results {
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** `$states.context.Map`. */
  readonly map?: Json;
}

/** A state that was entered, in this attempt of its execution or in one before a redrive. */
export interface EnteredState {
  readonly name: string;
  readonly input: Payload;
  /** Of the entered event, and of the event that it follows. */
  readonly eventId: number;
  readonly previousEventId: number;
  /** Epoch milliseconds. */
  readonly date: number;
  /** Before a redrive: the Map Run that the state last had. */
  readonly mapRunArn?: string | undefined;
  /** Before a redrive: the event with which a Parallel or an inline Map last started, and where its branches stood. */
  readonly startedId?: number | undefined;
  readonly branches?: ReadonlyMap<number, Position>;
}

export function enterState(
  { history, machinery, execution }: Run,
  name: string,
  type: string,
  input: Payload,
): EnteredState {
  machinery.onTransition?.(execution.machineArn);
  const previousEventId = history.previous;
  const eventId = history.add(`${type}StateEntered`, { name, input: input.text, inputDetails: WHOLE });
  return { name, input, eventId, previousEventId, date: machinery.clock.now() };
}

/** One visit of a state: from its entered event, through all its retries, to its exit or failure. A redrive begins it anew. */
export class Visit {
  readonly run: Run;
  readonly stateName: string;
  readonly input: Payload;
  /** How often the state was tried again. */
  retryCount = 0;
  readonly #entered: EnteredState;

  constructor(run: Run, entered: EnteredState) {
    this.run = run;
    this.stateName = entered.name;
    this.input = entered.input;
    this.#entered = entered;
  }

  /** What a redriven Map state goes on with in its first attempt; a retry starts a Map Run of its own. */
  get mapRunToRedrive(): string | undefined {
    return this.retryCount === 0 ? this.#entered.mapRunArn : undefined;
  }

  /** As mapRunToRedrive: the started event whose branches a redriven Parallel or inline Map goes on with. */
  get startedToRedrive(): number | undefined {
    return this.retryCount === 0 ? this.#entered.startedId : undefined;
  }

  /** Where a branch of this state stood before a redrive. */
  branch(index: number): Position | undefined {
    return this.retryCount === 0 ? this.#entered.branches?.get(index) : undefined;
  }

  scope(results: Results = {}): Scope {
    const { result, errorOutput, map } = results;
    const State = stateContext(this.stateName, this.#entered.date, this.retryCount);
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
    return `An error occurred while executing the state '${this.stateName}' (entered at the event id #${this.#entered.eventId}). ${what}`;
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
    const skipsEntered = history.previous === this.#entered.eventId && !error.refusedByField;
    const previous = skipsEntered ? this.#entered.previousEventId : history.previous;
    history.add('EvaluationFailed', { ...failure, location: error.field, state: this.stateName }, previous);
    return failure;
  }
}
