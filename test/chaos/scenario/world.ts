import { keyField, type MappingFile } from '../oracle/mapping.ts';
import type { Random } from '../random.ts';
import { mark, rawValue, written } from './values.ts';

/** Raw values by column. */
export type Values = Readonly<Record<string, string>>;

/** All customers at one time. */
export interface Snapshot {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly customers: ReadonlyMap<string, Values>;
}

const START = Date.UTC(2026, 0, 5);
const HOUR_MS = 60 * 60 * 1_000;
/** Of the customers who change, where the mapping deletes. */
const DELETED_SHARE = 0.2;

/** The CRM: customers who come, go and change, and what it held at earlier times. */
export class World {
  readonly mapping: MappingFile;
  readonly #random: Random;
  readonly #snapshots: Snapshot[];

  constructor(mapping: MappingFile, random: Random) {
    this.mapping = mapping;
    this.#random = random;
    const customers = Array.from({ length: random.int(35, 75) }, () => this.#newCustomer(START));
    this.#snapshots = [{ time: START, customers: new Map(customers) }];
  }

  get now(): Snapshot {
    return this.#snapshot(0);
  }

  /** A snapshot from before the newest one, if there is one. */
  earlier(random: Random): Snapshot {
    return this.#snapshot(random.int(0, this.#snapshots.length - 1));
  }

  /** Hours go by. */
  advance(): Snapshot {
    const random = this.#random;
    const time = this.now.time + random.int(HOUR_MS, 20 * HOUR_MS);
    const customers = new Map<string, Values>();
    for (const [key, values] of this.now.customers) {
      if (random.chance(0.02)) continue;
      customers.set(key, random.chance(0.7) ? this.changed(values, time - random.int(0, HOUR_MS), random) : values);
    }
    for (let left = random.int(0, 5); left > 0; left--) customers.set(...this.#newCustomer(time));
    const snapshot = { time, customers };
    this.#snapshots.push(snapshot);
    return snapshot;
  }

  /** The customer with some fields changed, filled or emptied at a time (epoch milliseconds). */
  changed(values: Values, time: number, random: Random): Values {
    const fields = this.mapping.fields.filter((field) => field !== keyField(this.mapping));
    const changes = fields
      .filter(() => random.chance(0.3))
      .map((field) => [field.column, !field.required && random.chance(0.3) ? '' : rawValue(field, random)] as const);
    return { ...values, ...Object.fromEntries(changes), ...this.#updatedAt(time, random), ...this.#mark(random) };
  }

  #newCustomer(time: number): [string, Values] {
    const random = this.#random;
    const { column } = keyField(this.mapping);
    const key = `C-${mark(random)}`;
    const values = this.mapping.fields
      .filter((field) => field.column !== column)
      .map((field) => [field.column, field.required || random.chance(0.75) ? rawValue(field, random) : '']);
    return [key, { [column]: key, ...Object.fromEntries(values), ...this.#updatedAt(time, random) }];
  }

  /** Customers who are deleted may come back. */
  #mark(random: Random): Values {
    const { deletes } = this.mapping;
    return deletes ? { [deletes.column]: random.chance(DELETED_SHARE) ? random.pick(deletes.values) : '' } : {};
  }

  #updatedAt(time: number, random: Random): Values {
    const { updatedAt } = this.mapping;
    // Some CRMs keep whole seconds.
    const kept = random.chance(0.5) ? time : Math.floor(time / 1_000) * 1_000;
    return updatedAt ? { [updatedAt.column]: written(kept, random) } : {};
  }

  /** 0 is the newest. */
  #snapshot(back: number): Snapshot {
    const snapshot = this.#snapshots.at(-1 - back);
    if (snapshot === undefined) throw new RangeError(`There are only ${this.#snapshots.length} snapshots.`);
    return snapshot;
  }
}
