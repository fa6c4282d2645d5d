import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ownFolder } from '../../../cli/console/upload-folder.ts';

const parent = join(mkdtempSync(join(tmpdir(), 'upload-folder-')), 'console');
afterAll(() => rmSync(parent, { recursive: true, force: true }));

it('is the user’s alone, and what a console that was killed left in another is removed', async () => {
  // No process has so high a number.
  const left = join(parent, '4999999');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'upload'), 'id,name');
  const alive = join(parent, String(process.ppid));
  mkdirSync(alive);

  const folder = await ownFolder(parent);
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect([existsSync(left), existsSync(alive)]).toEqual([false, true]);
  writeFileSync(join(folder.path, 'upload'), 'id,name');
  await folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});
