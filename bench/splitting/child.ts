import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { testTemplate } from '../../test/helpers/stack.ts';
import type { Passes } from './passes.ts';

/** Some packages in a bundle call `require`, which a module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as bannerCreateRequire } from 'node:module'; const require = bannerCreateRequire(import.meta.url);";

/** What V8 is told in the deployed function. */
async function deployedNodeOptions(): Promise<string> {
  const { functions } = loadStack(await testTemplate({ quota: DEFAULT_QUOTA_PER_SECOND }));
  return functions.find(({ name }) => name.includes('splitexport'))?.environment.NODE_OPTIONS ?? '';
}

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
  const env = { ...process.env, NODE_OPTIONS: await deployedNodeOptions() };
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args.map(String)], { env });
  return JSON.parse(stdout);
}
