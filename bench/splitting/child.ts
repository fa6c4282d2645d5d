import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { REQUIRE_BANNER } from '../../infra/require-banner.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { testTemplate } from '../../test/helpers/stack.ts';
import type { Passes } from './passes.ts';

export type Script = 'scan-child' | 'split-child';

/** Runs a script of this folder in a process of its own, bundled and with V8's options as the function is: sources alone would take 30 MB more. */
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
  const env = { ...process.env, NODE_OPTIONS: await deployedNodeOptions() };
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args.map(String)], { env });
  return JSON.parse(stdout);
}

async function deployedNodeOptions(): Promise<string> {
  const { functions } = loadStack(await testTemplate({ quota: DEFAULT_QUOTA_PER_SECOND }));
  const options = functions.find(({ name }) => name.includes('splitexport'))?.environment.NODE_OPTIONS;
  if (options === undefined) throw new Error('The template has no SplitExport with NODE_OPTIONS.');
  return options;
}
