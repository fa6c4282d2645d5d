import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { DOMAIN } from '../helpers/stack.ts';
import type { Scenario } from './types.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** What a template is made from. */
const COPIED = [
  'functions',
  'infra',
  'mappings',
  'statemachine',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'check-node.mjs',
];

/** One place of the product, by its exact text, and what stands there instead. */
export interface Bug {
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

/** The template of a copy of the product with a bug in it. The product itself has no switch for this. */
export async function templateWithBug(
  bug: Bug,
  { mapping, quota }: Scenario,
): Promise<{ template: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-bug-'));
  for (const name of COPIED) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  plant(bug, folder);
  const template = join(folder, 'cdk.out');
  await synthesizeCopy(folder, template, { domainName: DOMAIN, mapping: resolve(mapping), quota: String(quota) });
  return { template, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function plant({ file, text: sound, instead }: Bug, folder: string): void {
  const path = join(folder, file);
  const [before = '', ...after] = readFileSync(path, 'utf8').split(sound);
  if (after.length !== 1) {
    throw new Error(`${file} has the text ${after.length} times, not once; plant the bug anew: ${sound}`);
  }
  writeFileSync(path, `${before}${instead}${after[0]}`);
}

async function synthesizeCopy(folder: string, out: string, context: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: folder,
    env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = new Promise<number | null>((done, failed) => child.once('exit', done).once('error', failed));
  const said = await text(child.stderr);
  if ((await exit) !== 0) throw new Error(`The copy with a bug could not be synthesized:\n${said.trim()}`);
}
