import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../local/session-record.ts';

/** A folder that is this user's and this process's alone. */
export interface OwnFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes it below `parent`, and removes those of processes that were killed: they hold uploads, so customer data. */
export async function ownFolder(parent: string): Promise<OwnFolder> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    if (!isAlive(Number(name))) await rm(join(parent, name), { recursive: true, force: true });
  }
  const path = join(parent, String(process.pid));
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
