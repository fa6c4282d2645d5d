import type { Clock } from './clock.ts';
import { Interrupted } from './errors.ts';
import type { JsonObject } from './json.ts';

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
}

/** Writes one execution's events and keeps their chain (`previousEventId`) as AWS does. */
export class History {
  readonly #write: (event: HistoryEvent) => void;
  readonly #clock: Clock;
  #lastId: number;
  #previous: number;
  #closed = false;

  /** @param lastId of a history that goes on; 0 for a new one. */
  constructor(write: (event: HistoryEvent) => void, clock: Clock, lastId = 0) {
    this.#write = write;
    this.#clock = clock;
    this.#lastId = lastId;
    this.#previous = lastId;
  }

  /** The event that the next one follows. */
  get previous(): number {
    return this.#previous;
  }

  /** Adds an event behind the last one, or behind `previousEventId`, and returns its id. */
  add(type: string, details?: JsonObject, previousEventId = this.#previous): number {
    this.#previous = this.#append(type, details, previousEventId);
    return this.#previous;
  }

  /** Adds an event that the next one does not follow: ExecutionStarted, MapStateSucceeded. */
  addAside(type: string, details?: JsonObject): void {
    this.#append(type, details, this.#previous);
  }

  /** Adds the last event; whoever still works for this execution is interrupted at its next event. */
  close(type: string, details?: JsonObject): void {
    this.#append(type, details, this.#previous);
    this.#closed = true;
  }

  #append(type: string, details: JsonObject | undefined, previousEventId: number): number {
    if (this.#closed) throw new Interrupted();
    this.#lastId += 1;
    this.#write({ id: this.#lastId, previousEventId, timestamp: this.#clock.now(), type, details });
    return this.#lastId;
  }
}

/** `inputDetails` and `outputDetails`: nothing is ever cut short here. */
export const WHOLE = { truncated: false };
