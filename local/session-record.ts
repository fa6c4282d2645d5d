import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `endpoint.json` in the state directory: which process hosts the stack, and with what. */
export interface SessionRecord {
  readonly pid: number;
  /** Of the template and the settings; who asks for another key can't join. */
  readonly key: string;
  /** What the key was made from, for messages. */
  readonly asked: Readonly<Record<string, string>>;
  /** Absent while the host starts or closes. */
  readonly url?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

export const RECORD_FILE = 'endpoint.json';

/** Writes the record if there is none; false if another process was first. */
export function claimRecord(directory: string, record: SessionRecord): boolean {
  try {
    writeFileSync(join(directory, RECORD_FILE), JSON.stringify(record), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces the record in one step, so that nobody reads half of it. */
export function replaceRecord(directory: string, record: SessionRecord): void {
  const unfinished = join(directory, `${RECORD_FILE}.${process.pid}`);
  writeFileSync(unfinished, JSON.stringify(record));
  renameSync(unfinished, join(directory, RECORD_FILE));
}

export function readRecord(directory: string): SessionRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, RECORD_FILE), 'utf8')) as SessionRecord;
  } catch {
    // Absent, or just being claimed: the caller looks again, or finds it taken when it claims.
    return undefined;
  }
}

export function removeRecord(directory: string): void {
  rmSync(join(directory, RECORD_FILE), { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
