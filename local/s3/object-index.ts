import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BucketModel } from '../cloudformation/model.ts';
import { prepareAll, type Statements } from '../database.ts';
import { S3Error } from './errors.ts';

export type Bucket = BucketModel;

/** What a writer says about a new version. */
export interface NewVersion {
  readonly key: string;
  /** Id of its bytes; null for a delete marker. */
  readonly blob: string | null;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** LastModified in epoch seconds: S3 keeps no fraction. */
  readonly modified: number;
  /** Headers given back on reading: content-type and its like, and x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ObjectVersion extends NewVersion {
  /** Order of writing, over all keys. */
  readonly sequence: number;
  /** `null`, as S3 has it, in a bucket without versioning. */
  readonly versionId: string;
  readonly latest: boolean;
}

/** If-Match and If-None-Match of a write. */
export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, versioned INTEGER NOT NULL, event_bridge INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS versions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
    blob TEXT, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, headers TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS versions_by_key ON versions (bucket, key, sequence);`;
const SELECT = `SELECT v.*, v.sequence = (SELECT MAX(sequence) FROM versions WHERE bucket = v.bucket AND key = v.key) AS latest
  FROM versions v WHERE v.bucket = ?`;

const STATEMENTS = {
  putBucket: 'INSERT OR REPLACE INTO buckets VALUES (?, ?, ?)',
  bucket: 'SELECT * FROM buckets WHERE name = ?',
  buckets: 'SELECT name FROM buckets ORDER BY name',
  latest: `${SELECT} AND v.key = ? ORDER BY v.sequence DESC LIMIT 1`,
  version: `${SELECT} AND v.key = ? AND v.version_id = ?`,
  insert:
    'INSERT INTO versions (bucket, key, version_id, blob, size, etag, modified, headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  delete: 'DELETE FROM versions WHERE sequence = ?',
  list: `${SELECT} AND (v.key > ? OR (v.key = ? AND v.sequence < ?)) AND v.key >= ? ORDER BY v.key, v.sequence DESC`,
} as const;

/** Which buckets and object versions there are. Keys sort by their UTF-8 bytes, as S3 lists them. */
export class ObjectIndex {
  readonly #statements: Statements<keyof typeof STATEMENTS>;

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA);
    this.#statements = prepareAll(database, STATEMENTS);
  }

  putBucket(bucket: Bucket): void {
    this.#statements.putBucket.run(bucket.name, Number(bucket.versioned), Number(bucket.eventBridge));
  }

  /** @throws S3Error NoSuchBucket */
  bucket(name: string): Bucket {
    const row = this.#statements.bucket.get(name);
    if (row === undefined) throw new S3Error('NoSuchBucket', `The bucket ${name} does not exist.`);
    return { name, versioned: row.versioned === 1, eventBridge: row.event_bridge === 1 };
  }

  /** In alphabetical order. */
  bucketNames(): string[] {
    return this.#statements.buckets.all().map(({ name }) => String(name));
  }

  /** The newest version of a key, which may be a delete marker, or the version of that id. */
  find(bucket: Bucket, key: string, versionId?: string): ObjectVersion | undefined {
    const { latest, version } = this.#statements;
    const row = versionId === undefined ? latest.get(bucket.name, key) : version.get(bucket.name, key, versionId);
    return row === undefined ? undefined : toVersion(row);
  }

  /**
   * Adds the newest version of a key; call it in a transaction. Returns it with the ids of the bytes that it replaced.
   *
   * @throws S3Error PreconditionFailed or NoSuchKey if a condition does not hold.
   */
  add(
    bucket: Bucket,
    version: NewVersion,
    conditions: WriteConditions = {},
  ): { added: ObjectVersion; replaced: string[] } {
    const existing = this.find(bucket, version.key);
    checkConditions(existing?.blob === null ? undefined : existing, conditions);
    const versionId = bucket.versioned ? newVersionId() : 'null';
    const replaced = this.find(bucket, version.key, versionId);
    if (replaced !== undefined) this.remove(replaced);
    const { key, blob, size, etag, modified, headers } = version;
    const values = [bucket.name, key, versionId, blob, size, etag, modified, JSON.stringify(headers)];
    const sequence = Number(this.#statements.insert.run(...values).lastInsertRowid);
    const added = { ...version, versionId, sequence, latest: true };
    return { added, replaced: replaced?.blob ? [replaced.blob] : [] };
  }

  remove(version: ObjectVersion): void {
    this.#statements.delete.run(version.sequence);
  }

  /** The newest version of each key that has the prefix and comes after `after`; delete markers are left out. */
  *keys(bucket: Bucket, prefix: string, after: string): Generator<ObjectVersion> {
    for (const version of this.versions(bucket, prefix, after)) if (version.latest && version.blob) yield version;
  }

  /** All versions and delete markers, newest first within a key, after a key or after one version of it. */
  *versions(bucket: Bucket, prefix: string, afterKey: string, afterVersion?: ObjectVersion): Generator<ObjectVersion> {
    const rows = this.#statements.list.iterate(bucket.name, afterKey, afterKey, afterVersion?.sequence ?? 0, prefix);
    for (const row of rows) {
      const version = toVersion(row);
      if (!version.key.startsWith(prefix)) return;
      yield version;
    }
  }
}

function checkConditions(existing: ObjectVersion | undefined, { ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifMatch !== undefined && existing === undefined)
    throw new S3Error('NoSuchKey', 'The key of If-Match does not exist.');
  if (ifMatch !== undefined && !matches(ifMatch, existing)) throw preconditionFailed('If-Match');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, existing)) throw preconditionFailed('If-None-Match');
}

/** Whether the condition's list of ETags (or `*`) names this version. */
export function matches(condition: string, version: ObjectVersion | undefined): boolean {
  if (version === undefined) return false;
  const etags = condition.split(',').map((etag) => etag.trim().replace(/^W\//, '').replaceAll('"', ''));
  return etags.includes('*') || etags.includes(version.etag);
}

export const preconditionFailed = (condition: string) =>
  new S3Error('PreconditionFailed', `At least one of the pre-conditions you specified did not hold: ${condition}.`);

/** 32 characters like S3's own; none of them a dash, which a command line would take for an option. */
const newVersionId = () => randomBytes(24).toString('base64url').replaceAll('-', '.');

function toVersion(row: ReturnType<StatementSync['get']> & object): ObjectVersion {
  return {
    sequence: Number(row.sequence),
    key: String(row.key),
    versionId: String(row.version_id),
    blob: row.blob === null ? null : String(row.blob),
    size: Number(row.size),
    etag: String(row.etag),
    modified: Number(row.modified),
    headers: JSON.parse(String(row.headers)),
    latest: row.latest === 1,
  };
}
