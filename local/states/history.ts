import type { Clock } from './clock.ts';
import { Interrupted, RUNTIME_ERROR, StateFailure } from './errors.ts';
import type { JsonObject } from './json.ts';
import { MAX_EVENTS } from './limits.ts';

/** One event of an execution's history. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** AWS's HistoryEventType, e.g. `TaskStateEntered`. */
  readonly type: string;
  /** What stands under `<type>EventDetails` in the service's API. */
  readonly details?: JsonObject | undefined;
  /** Where in Parallel and inline Map states it happened; empty at the top. See `branchPath`. Not in the service's API. */
  readonly branch: string;
}

/** The path of a branch (its number and a slash follow): behind its container's path, the event with which that started. */
export function branchPath(container: string, startedId: number): string {
  return `${container}${startedId}.`;
}

/** Writes an execution's events, numbered in the order they come. */
export class EventLog {
  readonly #write: (event: HistoryEvent) => void;
  readonly #clock: Clock;
  #lastId: number;
  #closed = false;

  /** @param lastId of a history that goes on; 0 for a new one. */
  constructor(write: (event: HistoryEvent) => void, clock: Clock, lastId = 0) {
    this.#write = write;
    this.#clock = clock;
    this.#lastId = lastId;
  }

  /** @throws StateFailure `States.Runtime` if only the execution's end still fits. */
  append(event: Pick<HistoryEvent, 'type' | 'details' | 'previousEventId' | 'branch'>, isLast: boolean): number {
    if (this.#closed) throw new Interrupted();
    if (!isLast && this.#lastId >= MAX_EVENTS - 1) {
      const cause = `The execution reached the maximum number of history events (${MAX_EVENTS}).`;
      throw new StateFailure({ error: RUNTIME_ERROR, cause });
    }
    this.#closed = isLast;
    this.#lastId += 1;
    this.#write({ ...event, id: this.#lastId, timestamp: this.#clock.now() });
    return this.#lastId;
  }
}

/** The events of one branch of an execution, each behind the one before (`previousEventId`) as on AWS. */
export class History {
  readonly #log: EventLog;
  readonly branch: string;
  /** The event that the next one follows. */
  previous: number;

  constructor(log: EventLog, previous = 0, branch = '') {
    this.#log = log;
    this.previous = previous;
    this.branch = branch;
  }

  /** The history of a branch, whose first event follows `previous`. */
  fork(branch: string, previous: number): History {
    return new History(this.#log, previous, branch);
  }

  /** Adds an event behind the last one, or behind `previousEventId`, and returns its id. */
  add(type: string, details?: JsonObject, previousEventId = this.previous): number {
    this.previous = this.#append(type, details, previousEventId);
    return this.previous;
  }

  /** Adds an event that the next one does not follow: ExecutionStarted, MapStateSucceeded. */
  addAside(type: string, details?: JsonObject): number {
    return this.#append(type, details, this.previous);
  }

  /** Adds the last event; whoever still works for this execution is interrupted at its next event. */
  close(type: string, details?: JsonObject): void {
    this.#append(type, details, this.previous, true);
  }

  #append(type: string, details: JsonObject | undefined, previousEventId: number, isLast = false): number {
    return this.#log.append({ type, details, previousEventId, branch: this.branch }, isLast);
  }
}

/** `inputDetails` and `outputDetails`: nothing is ever cut short here. */
export const WHOLE = { truncated: false };
