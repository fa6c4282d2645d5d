import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** An accepted object that is not matched yet. */
export interface Accepted {
  readonly domain: string;
  readonly type: string;
  readonly text: string;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS queue (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL, domain TEXT NOT NULL, type TEXT NOT NULL, text TEXT NOT NULL)`;

/**
 * Objects that were accepted and wait to be matched, in the order of their acceptance: the real service answers before
 * it matches. They outlive a restart.
 */
export class MatchingQueue {
  readonly #sql: Readonly<Record<'add' | 'first' | 'remove', StatementSync>>;
  readonly #match: (accepted: Accepted) => void;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, now: () => number, match: (accepted: Accepted) => void) {
    database.exec(SCHEMA);
    this.#sql = {
      add: database.prepare('INSERT INTO queue (due, domain, type, text) VALUES (?, ?, ?, ?)'),
      first: database.prepare('SELECT * FROM queue ORDER BY id LIMIT 1'),
      remove: database.prepare('DELETE FROM queue WHERE id = ?'),
    };
    this.#match = match;
    this.#now = now;
  }

  /** Matches the object after the delay and after all objects before it; at once if nothing holds it up. */
  add(accepted: Accepted, delayMs: number): void {
    if (delayMs === 0 && this.#sql.first.get() === undefined) {
      this.#match(accepted);
      return;
    }
    this.#sql.add.run(this.#now() + delayMs, accepted.domain, accepted.type, accepted.text);
    this.#schedule();
  }

  /** Matches what is due, and sees to it that the rest will be. */
  drain(): void {
    this.#timer = undefined;
    for (let row = this.#sql.first.get(); row && Number(row.due) <= this.#now(); row = this.#sql.first.get()) {
      this.#match({ domain: String(row.domain), type: String(row.type), text: String(row.text) });
      this.#sql.remove.run(Number(row.id));
    }
    this.#schedule();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const row = this.#timer === undefined ? this.#sql.first.get() : undefined;
    if (row) this.#timer = setTimeout(() => this.drain(), Math.max(0, Number(row.due) - this.#now())).unref();
  }
}
