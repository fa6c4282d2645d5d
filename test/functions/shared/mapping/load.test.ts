import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { loadMapping } from '../../../../functions/shared/mapping/load.ts';
import { exampleFile, mappingOf } from './example.ts';

const directory = mkdtempSync(join(tmpdir(), 'mapping-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('loads a mapping file', () => {
  const path = join(directory, 'good.json');
  writeFileSync(path, JSON.stringify(exampleFile()));
  expect(loadMapping(path).hash).toBe(mappingOf(exampleFile()).hash);
});

it('names the file that is missing', () => {
  const path = join(directory, 'missing.json');
  expect(() => loadMapping(path)).toThrow(`The mapping ${path} can't be read (ENOENT)`);
});

it('reads, in a bundle, the mapping beside the bundle', async () => {
  const outfile = join(directory, 'index.mjs');
  buildSync({
    stdin: {
      contents: "export { loadBundledMapping } from './functions/shared/mapping/bundled.ts';",
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  writeFileSync(join(directory, 'mapping.json'), JSON.stringify(exampleFile()));
  const bundle: { loadBundledMapping: () => { hash: string } } = await import(outfile);
  expect(bundle.loadBundledMapping().hash).toBe(mappingOf(exampleFile()).hash);
});
