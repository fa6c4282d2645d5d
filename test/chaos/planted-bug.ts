import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRODUCT, synthesize } from '../../local/synth.ts';
import { DOMAIN } from '../helpers/stack.ts';
import type { Scenario } from './types.ts';

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
  { mapping, quota, batch }: Scenario,
): Promise<{ template: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-bug-'));
  for (const name of COPIED) cpSync(join(PRODUCT.project, name), join(folder, name), { recursive: true });
  symlinkSync(join(PRODUCT.project, 'node_modules'), join(folder, 'node_modules'));
  plant(bug, folder);
  const template = await synthesize({
    directory: join(folder, 'cdk.out'),
    context: { domainName: DOMAIN, mapping, quota: String(quota), ...batch },
    app: { ...PRODUCT, project: folder },
  });
  return { template, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function plant({ file, text, instead }: Bug, folder: string): void {
  const path = join(folder, file);
  const [before = '', ...after] = readFileSync(path, 'utf8').split(text);
  if (after.length !== 1) {
    throw new Error(`${file} has the text ${after.length} times, not once; plant the bug anew: ${text}`);
  }
  writeFileSync(path, `${before}${instead}${after[0]}`);
}
