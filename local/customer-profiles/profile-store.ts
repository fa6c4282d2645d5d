import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { atomically, openSqlite, prepareAll, type Statements } from '../database.ts';
import type { StandardProfile, Target } from './standard-profile.ts';

export interface StoredProfile {
  /** Row number, in the order of creation. */
  readonly id: number;
  readonly profileId: string;
  readonly profile: StandardProfile;
}

export interface StoredObject {
  readonly id: number;
  readonly uniqueKey: string;
  readonly text: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS domains (name TEXT PRIMARY KEY, created INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS dead_letter_queues (domain TEXT PRIMARY KEY, url TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS object_types (
    domain TEXT NOT NULL, name TEXT NOT NULL, properties TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    PRIMARY KEY (domain, name));
  CREATE TABLE IF NOT EXISTS profiles (
    id INTEGER PRIMARY KEY, domain TEXT NOT NULL, profile_id TEXT NOT NULL UNIQUE, profile TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS objects (
    id INTEGER PRIMARY KEY, domain TEXT NOT NULL, unique_key TEXT NOT NULL, type TEXT NOT NULL, profile INTEGER NOT NULL,
    text TEXT NOT NULL, UNIQUE (domain, unique_key));
  CREATE INDEX IF NOT EXISTS objects_of_profile ON objects (profile, type);
  CREATE TABLE IF NOT EXISTS keys (
    domain TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, profile INTEGER NOT NULL, object INTEGER NOT NULL,
    PRIMARY KEY (domain, name, value, profile, object)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_of_object ON keys (object);
  CREATE TABLE IF NOT EXISTS retention (profile INTEGER PRIMARY KEY, days INTEGER NOT NULL, due INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS set_by_hand (
    profile INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY (profile, target)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS retention_by_due ON retention (due);`;

const DAY_MS = 24 * 60 * 60 * 1000;

const STATEMENTS = {
  createDomain: 'INSERT OR IGNORE INTO domains VALUES (?, ?)',
  domain: 'SELECT * FROM domains WHERE name = ?',
  deadLetterQueue: 'SELECT url FROM dead_letter_queues WHERE domain = ?',
  setDeadLetterQueue: 'INSERT OR REPLACE INTO dead_letter_queues VALUES (?, ?)',
  statistics: `SELECT (SELECT COUNT(*) FROM profiles WHERE domain = ?1) AS profiles, COUNT(*) AS objects,
    COALESCE(SUM(LENGTH(CAST(text AS BLOB))), 0) AS bytes FROM objects WHERE domain = ?1`,
  putObjectType: `INSERT INTO object_types VALUES (?1, ?2, ?3, ?4, ?4)
    ON CONFLICT DO UPDATE SET properties = excluded.properties, updated = excluded.updated`,
  objectTypes: 'SELECT * FROM object_types ORDER BY name',
  createProfile: 'INSERT INTO profiles (domain, profile_id, profile) VALUES (?, ?, ?)',
  updateProfile: 'UPDATE profiles SET profile = ? WHERE id = ?',
  profile: 'SELECT * FROM profiles WHERE id = ?',
  profileById: 'SELECT * FROM profiles WHERE domain = ? AND profile_id = ?',
  findObject: 'SELECT id, profile, type FROM objects WHERE domain = ? AND unique_key = ?',
  putObject: `INSERT INTO objects (domain, unique_key, type, profile, text) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET profile = excluded.profile, text = excluded.text RETURNING id`,
  objects: 'SELECT * FROM objects WHERE profile = ? AND type = ? AND id > ? ORDER BY id LIMIT ?',
  deleteKeys: 'DELETE FROM keys WHERE object = ?',
  putKey: 'INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?)',
  deleteObject: 'DELETE FROM objects WHERE id = ?',
  retain: `INSERT INTO retention VALUES (?1, ?2, ?3 + ?2 * ${DAY_MS})
    ON CONFLICT DO UPDATE SET days = excluded.days, due = excluded.due`,
  renew: `UPDATE retention SET due = ?2 + days * ${DAY_MS} WHERE profile = ?1`,
  expired: 'SELECT profile FROM retention WHERE due <= ?',
  forgetKeys: 'DELETE FROM keys WHERE object IN (SELECT id FROM objects WHERE profile = ?)',
  forgetObjects: 'DELETE FROM objects WHERE profile = ?',
  forgetRetention: 'DELETE FROM retention WHERE profile = ?',
  markSetByHand: 'INSERT OR IGNORE INTO set_by_hand VALUES (?, ?)',
  setByHand: 'SELECT target FROM set_by_hand WHERE profile = ?',
  forgetSetByHand: 'DELETE FROM set_by_hand WHERE profile = ?',
  forgetProfile: 'DELETE FROM profiles WHERE id = ?',
  profilesByKey: 'SELECT DISTINCT profile FROM keys WHERE domain = ? AND name = ? AND value = ?',
} as const;

/** Domains, object types, profiles, objects and key values on disk. */
export class ProfileStore {
  readonly database: DatabaseSync;
  readonly #sql: Statements<keyof typeof STATEMENTS>;

  constructor(directory: string) {
    this.database = openSqlite(directory, 'customer-profiles');
    this.database.exec(SCHEMA);
    this.#sql = prepareAll(this.database, STATEMENTS);
  }

  atomically(work: () => void): void {
    atomically(this.database, work);
  }

  /** A domain that exists stays as it is. */
  createDomain(name: string): void {
    this.#sql.createDomain.run(name, Date.now());
  }

  /** Undefined if there is no such domain. Times are epoch milliseconds. */
  domain(name: string): { created: number; profiles: number; objects: number; bytes: number } | undefined {
    const row = this.#sql.domain.get(name);
    if (row === undefined) return undefined;
    const { profiles, objects, bytes } = this.#sql.statistics.get(name) ?? {};
    return { created: Number(row.created), profiles: Number(profiles), objects: Number(objects), bytes: Number(bytes) };
  }

  /** URL of the queue of the domain's late errors. */
  deadLetterQueue(domain: string): string | undefined {
    return String(this.#sql.deadLetterQueue.get(domain)?.url ?? '') || undefined;
  }

  /** None, if the URL is empty. */
  setDeadLetterQueue(domain: string, url: string): void {
    this.#sql.setDeadLetterQueue.run(domain, url);
  }

  hasDomain(name: string): boolean {
    return this.#sql.domain.get(name) !== undefined;
  }

  putObjectType(domain: string, name: string, properties: object): void {
    this.#sql.putObjectType.run(domain, name, JSON.stringify(properties), Date.now());
  }

  objectTypes(): { domain: string; properties: Record<string, unknown>; created: number; updated: number }[] {
    return this.#sql.objectTypes.all().map((row) => ({
      domain: String(row.domain),
      properties: JSON.parse(String(row.properties)),
      created: Number(row.created),
      updated: Number(row.updated),
    }));
  }

  createProfile(domain: string, profile: StandardProfile): number {
    const profileId = randomUUID().replaceAll('-', '');
    return Number(this.#sql.createProfile.run(domain, profileId, JSON.stringify(profile)).lastInsertRowid);
  }

  updateProfile(id: number, profile: StandardProfile): void {
    this.#sql.updateProfile.run(JSON.stringify(profile), id);
  }

  /** Objects that are put later leave these fields as they are. */
  markSetByHand(id: number, targets: readonly Target[]): void {
    for (const target of targets) this.#sql.markSetByHand.run(id, target.join('.'));
  }

  isSetByHand(id: number): (target: Target) => boolean {
    const set = new Set(this.#sql.setByHand.all(id).map(({ target }) => target));
    return (target) => set.has(target.join('.'));
  }

  profile(id: number): StoredProfile {
    const stored = toProfile(this.#sql.profile.get(id));
    if (stored === undefined) throw new Error(`Profile ${id} is not in the store.`);
    return stored;
  }

  profileById(domain: string, profileId: string): StoredProfile | undefined {
    return toProfile(this.#sql.profileById.get(domain, profileId));
  }

  findObject(domain: string, uniqueKey: string): { id: number; profile: number } | undefined {
    const row = this.#sql.findObject.get(domain, uniqueKey);
    return row && { id: Number(row.id), profile: Number(row.profile) };
  }

  /** Replaces the object with the same unique key, whole, and its key values. */
  putObject(
    domain: string,
    { uniqueKey, type, profile, text }: { uniqueKey: string; type: string; profile: number; text: string },
    keys: readonly { name: string; value: string }[],
  ): void {
    const id = Number(this.#sql.putObject.get(domain, uniqueKey, type, profile, text)?.id);
    this.#sql.deleteKeys.run(id);
    for (const { name, value } of keys) this.#sql.putKey.run(domain, name, value, profile, id);
  }

  /** False if the profile has no such object. The fields that it filled stay in the profile. */
  deleteObject(domain: string, profile: number, type: string, uniqueKey: string): boolean {
    const row = this.#sql.findObject.get(domain, uniqueKey);
    if (row?.profile !== profile || row.type !== type) return false;
    this.atomically(() => {
      this.#sql.deleteKeys.run(Number(row.id));
      this.#sql.deleteObject.run(Number(row.id));
    });
    return true;
  }

  /** The profile lives for so many days from now (epoch milliseconds) on, unless it is updated again. */
  retain(profile: number, days: number, now: number): void {
    this.#sql.retain.run(profile, days, now);
  }

  /** As long again as the last time. */
  renew(profile: number, now: number): void {
    this.#sql.renew.run(profile, now);
  }

  /** Removes the profiles whose time is over, with all that belongs to them. */
  removeExpired(now: number): void {
    const expired = this.#sql.expired.all(now);
    if (expired.length === 0) return;
    this.atomically(() => {
      for (const { profile } of expired) this.#forget(Number(profile));
    });
  }

  /** Removes a profile with all that belongs to it. */
  deleteProfile(id: number): void {
    this.atomically(() => this.#forget(id));
  }

  #forget(profile: number): void {
    const { forgetKeys, forgetObjects, forgetRetention, forgetSetByHand, forgetProfile } = this.#sql;
    for (const forget of [forgetKeys, forgetObjects, forgetRetention, forgetSetByHand, forgetProfile]) {
      forget.run(profile);
    }
  }

  objects(profile: number, type: string, after: number, limit: number): StoredObject[] {
    return this.#sql.objects.all(profile, type, after, limit).map((row) => ({
      id: Number(row.id),
      uniqueKey: String(row.unique_key),
      text: String(row.text),
    }));
  }

  /** Row numbers of the profiles that an object with this key value belongs to. */
  profilesByKey(domain: string, name: string, value: string): number[] {
    return this.#sql.profilesByKey.all(domain, name, value).map((row) => Number(row.profile));
  }
}

function toProfile(row: ReturnType<StatementSync['get']>): StoredProfile | undefined {
  if (row === undefined) return undefined;
  return { id: Number(row.id), profileId: String(row.profile_id), profile: JSON.parse(String(row.profile)) };
}
