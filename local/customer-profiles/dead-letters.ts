import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** An object that was accepted and reached no profile. */
export interface DeadLetter {
  readonly domain: string;
  readonly objectType: string;
  /** JSON text, as it was put. */
  readonly object: string;
  /** Of this service's making: what the real one writes is not documented. */
  readonly reason: string;
  /** ISO 8601. */
  readonly time: string;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS dead_letters (
  id INTEGER PRIMARY KEY, domain TEXT NOT NULL, type TEXT NOT NULL, text TEXT NOT NULL, reason TEXT NOT NULL,
  time INTEGER NOT NULL)`;

/** What the real service would send to the domain's dead-letter queue. No queue is embedded yet: they are kept to be read. */
export class DeadLetters {
  readonly #sql: Readonly<Record<'add' | 'all', StatementSync>>;

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA);
    this.#sql = {
      add: database.prepare('INSERT INTO dead_letters (domain, type, text, reason, time) VALUES (?, ?, ?, ?, ?)'),
      all: database.prepare('SELECT * FROM dead_letters ORDER BY id'),
    };
  }

  /** `now` is epoch milliseconds. */
  add({ domain, type, text }: { domain: string; type: string; text: string }, reason: string, now: number): void {
    this.#sql.add.run(domain, type, text, reason, now);
  }

  /** Oldest first. */
  all(): DeadLetter[] {
    return this.#sql.all.all().map((row) => ({
      domain: String(row.domain),
      objectType: String(row.type),
      object: String(row.text),
      reason: String(row.reason),
      time: new Date(Number(row.time)).toISOString(),
    }));
  }
}
