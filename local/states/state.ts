import type { Catcher } from './catch.ts';
import type { Fields } from './fields.ts';
import type { JsonObject, Payload } from './json.ts';
import type { Retrier } from './retry.ts';
import type { Visit } from './visit.ts';

/** How a visit of a state ended well. */
export interface Outcome {
  readonly output: Payload;
  readonly assigned: JsonObject | undefined;
  /** The next state; undefined after the last one. */
  readonly next: string | undefined;
}

/** A state of a loaded definition. */
export interface State {
  /** As the definition and the names of events have it, e.g. `Task`. */
  readonly type: string;
  readonly retriers?: readonly Retrier[];
  readonly catchers?: readonly Catcher[];
  /** Written when the state failed for good, caught or not: MapStateFailed. */
  readonly failedEvent?: string;
  /** One attempt. Failures are thrown as StateFailure or EvaluationFault. */
  run(visit: Visit): Promise<Outcome>;
}

/** The states of a machine, or of a Map's ItemProcessor. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** What a state's loader needs of the whole definition. */
export interface Loading {
  /** Notes that `fields[name]` names a state of the same graph; checked once the graph is complete. */
  target(fields: Fields, name: string): string | undefined;
  /** Loads `StartAt` and `States`. */
  graph(fields: Fields): StateGraph;
  /** Map labels seen so far. */
  readonly labels: Set<string>;
}

export type StateLoader = (fields: Fields, loading: Loading) => State;
