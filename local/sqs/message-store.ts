import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { openSqlite, prepareAll, type Statements } from '../database.ts';
import type { MessageAttributes } from './message-attributes.ts';

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sender: string;
}

/** Times are epoch milliseconds. */
export interface StoredMessage extends NewMessage {
  readonly id: string;
  readonly sent: number;
  /** From when on it may be received. */
  readonly visible: number;
  /** How often it was received. */
  readonly received: number;
  readonly firstReceived: number | undefined;
  /** ARN of the queue that it came from by a redrive policy. */
  readonly source: string | undefined;
}

/** The messages of a queue that may be received now, but for some, by their ids. */
export interface Due {
  readonly queue: string;
  readonly now: number;
  readonly except: readonly string[];
}

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, attributes TEXT NOT NULL,
    sender TEXT NOT NULL, sent INTEGER NOT NULL, visible INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0,
    first_received INTEGER, source TEXT);
  CREATE INDEX IF NOT EXISTS messages_by_visible ON messages (queue, visible);
  CREATE INDEX IF NOT EXISTS messages_by_sent ON messages (queue, sent);`;

const STATEMENTS = {
  add: 'INSERT INTO messages (queue, id, body, attributes, sender, sent, visible) VALUES (?, ?, ?, ?, ?, ?, ?)',
  due: `SELECT * FROM messages WHERE queue = ? AND visible <= ? AND id NOT IN (SELECT value FROM json_each(?))
    ORDER BY visible, sequence LIMIT ?`,
  all: 'SELECT * FROM messages WHERE queue = ? ORDER BY sequence',
  find: 'SELECT * FROM messages WHERE queue = ? AND id = ?',
  nextVisible: 'SELECT MIN(visible) AS visible FROM messages WHERE queue = ? AND visible > ?',
  receive: `UPDATE messages SET visible = ?2, received = received + 1, first_received = COALESCE(first_received, ?3)
    WHERE id = ?1 RETURNING *`,
  setVisible: 'UPDATE messages SET visible = ?2 WHERE id = ?1',
  bury: `UPDATE messages SET queue = ?4, source = ?5 WHERE queue = ?1 AND visible <= ?2 AND received >= ?6
    AND id NOT IN (SELECT value FROM json_each(?3))`,
  move: `UPDATE messages SET queue = ?2, id = ?3, sent = ?4, visible = ?4, received = 0, first_received = NULL, source = NULL
    WHERE id = ?1`,
  remove: 'DELETE FROM messages WHERE queue = ? AND id = ?',
  expire: 'DELETE FROM messages WHERE queue = ? AND sent <= ?',
  counts: `SELECT COUNT(*) FILTER (WHERE visible <= ?2) AS visible,
    COUNT(*) FILTER (WHERE visible > ?2 AND received > 0) AS in_flight,
    COUNT(*) FILTER (WHERE visible > ?2 AND received = 0) AS delayed FROM messages WHERE queue = ?1`,
} as const;

/** The messages of all queues, on disk. A killed process loses nothing that was answered. */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #sql: Statements<keyof typeof STATEMENTS>;

  constructor(directory: string) {
    this.#database = openSqlite(directory, 'sqs');
    this.#database.exec(SCHEMA);
    this.#sql = prepareAll(this.#database, STATEMENTS);
  }

  /** Returns the id of the message. */
  add(queue: string, { body, attributes, sender }: NewMessage, sent: number, visible: number): string {
    const id = randomUUID();
    this.#sql.add.run(queue, id, body, JSON.stringify(attributes), sender, sent, visible);
    return id;
  }

  /** What may be received now, longest visible first. */
  due({ queue, now, except }: Due, limit: number): StoredMessage[] {
    return this.#sql.due.all(queue, now, JSON.stringify(except), limit).map(toMessage);
  }

  /** In the order of sending. */
  all(queue: string): StoredMessage[] {
    return this.#sql.all.all(queue).map(toMessage);
  }

  find(queue: string, id: string): StoredMessage | undefined {
    const row = this.#sql.find.get(queue, id);
    return row && toMessage(row);
  }

  /** When the next of the messages that can't be received now can be. */
  nextVisible(queue: string, now: number): number | undefined {
    const visible = this.#sql.nextVisible.get(queue, now)?.visible;
    return typeof visible === 'number' ? visible : undefined;
  }

  /** Counts one more receive; returns the message as it is then. */
  receive(id: string, visible: number, now: number): StoredMessage {
    return toMessage(this.#sql.receive.get(id, visible, now) ?? {});
  }

  setVisible(id: string, visible: number): void {
    this.#sql.setVisible.run(id, visible);
  }

  /**
   * Puts what could be received now, and was as often as it may, into a dead-letter queue: as the same messages, with
   * all of their receives. Returns how many.
   */
  bury({ queue, now, except }: Due, deadLetterQueue: string, source: string, maxReceiveCount: number): number {
    const held = JSON.stringify(except);
    return Number(this.#sql.bury.run(queue, now, held, deadLetterQueue, source, maxReceiveCount).changes);
  }

  /** To any queue, as a new message. */
  move(id: string, queue: string, now: number): void {
    this.#sql.move.run(id, queue, randomUUID(), now);
  }

  remove(queue: string, id: string): void {
    this.#sql.remove.run(queue, id);
  }

  /** Forgets what was sent at this time or earlier. */
  expire(queue: string, sent: number): void {
    this.#sql.expire.run(queue, sent);
  }

  counts(queue: string, now: number): MessageCounts {
    const { visible, in_flight, delayed } = this.#sql.counts.get(queue, now) ?? {};
    return { visible: Number(visible), inFlight: Number(in_flight), delayed: Number(delayed) };
  }

  close(): void {
    this.#database.close();
  }
}

function toMessage(row: Readonly<Record<string, unknown>>): StoredMessage {
  return {
    id: String(row.id),
    body: String(row.body),
    attributes: JSON.parse(String(row.attributes)) as MessageAttributes,
    sender: String(row.sender),
    sent: Number(row.sent),
    visible: Number(row.visible),
    received: Number(row.received),
    firstReceived: row.first_received === null ? undefined : Number(row.first_received),
    source: row.source === null ? undefined : String(row.source),
  };
}
