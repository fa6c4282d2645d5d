import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { REQUIRE_BANNER } from '../../infra/require-banner.ts';
import type { Passes } from './passes.ts';

export type Script = 'scan-child' | 'split-child';

/** Runs a script of this folder in a process of its own, bundled as a function is: sources alone would take 30 MB more. */
export async function runBundled(
  script: Script,
  directory: string,
  args: readonly (string | number)[],
): Promise<Passes> {
  const outfile = join(directory, `${script}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${script}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    minify: true,
    keepNames: true,
    logLevel: 'warning',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args.map(String)]);
  return JSON.parse(stdout);
}
