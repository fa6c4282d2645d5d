import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PRODUCT, synthKey } from '../../local/synth.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'synth-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('names the same template by the same key, in whatever order the context is given', () => {
  expect(synthKey({ domainName: 'demo', quota: '80' })).toBe(synthKey({ quota: '80', domainName: 'demo' }));
});

it('names another template if the context changes', () => {
  expect(synthKey({ domainName: 'demo', quota: '80' })).not.toBe(synthKey({ domainName: 'demo', quota: '81' }));
});

it('names another template if the mapping changes, though its path stays', () => {
  const mapping = join(directory, 'mapping.json');
  writeFileSync(mapping, '{}');
  const before = synthKey({ domainName: 'demo', mapping });
  writeFileSync(mapping, '{ }');
  expect(synthKey({ domainName: 'demo', mapping })).not.toBe(before);
});

it('names another template if another app is run, or what lies beside it changes', () => {
  const app = { project: directory, file: 'own/app.ts' };
  mkdirSync(join(directory, 'own'));
  writeFileSync(join(directory, 'own/mapping.json'), '{}');
  const before = synthKey({}, app);
  expect(before).not.toBe(synthKey({}, { ...PRODUCT, project: directory }));
  writeFileSync(join(directory, 'own/mapping.json'), '{ }');
  expect(synthKey({}, app)).not.toBe(before);
});
