import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { reservedVariables } from '../../local/lambda/variables.ts';
import { testTemplate } from '../../test/helpers/stack.ts';
import type { Bench, Line } from '../bench.ts';
import { figure, median } from '../figures.ts';

const INIT = fileURLToPath(new URL('init.ts', import.meta.url));
const BARE = fileURLToPath(new URL('bare-handler.ts', import.meta.url));
const ROUNDS = { quick: 3, full: 15 };
/** What was reached, with room: a package that slips into a bundle shows. */
const SIZE = { is: 'at most', ratio: 2 } as const;
const INIT_TIME = { is: 'at most', ratio: 2 } as const;

interface Bundle {
  readonly name: string;
  readonly directory: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface Init {
  readonly initMs: number;
  readonly cpuMs: number;
}

/** What an execution environment loads before its first event. */
export const coldStart: Bench = {
  name: 'cold-start',
  title: 'Cold start of each function',
  async measure(effort, say) {
    const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
    try {
      const bare = await bareBundle(folder);
      const functions = await functionBundles();
      const inits = new Map<Bundle, Init[]>([bare, ...functions].map((bundle) => [bundle, []]));
      for (let round = 0; round < ROUNDS[effort]; round += 1) {
        say(`round ${round + 1} of ${ROUNDS[effort]}`);
        for (const [bundle, rounds] of inits) rounds.push(await init(bundle));
      }
      const of = (bundle: Bundle, part: keyof Init) => median((inits.get(bundle) ?? []).map((each) => each[part]));
      const bareBytes = await bytesOf(bare);
      const lines: Line[] = [];
      const rows: string[][] = [];
      for (const bundle of functions) {
        const bytes = await bytesOf(bundle);
        lines.push(
          {
            what: `${bundle.name}: bundle`,
            ours: `${figure(bytes / 1000)} KB`,
            against: `bare handler ${figure(bareBytes / 1000)} KB`,
            ratio: bytes / bareBytes,
            bar: SIZE,
          },
          {
            what: `${bundle.name}: CPU of the init`,
            ours: `${figure(of(bundle, 'cpuMs'))} ms`,
            against: `bare handler ${figure(of(bare, 'cpuMs'))} ms`,
            ratio: of(bundle, 'cpuMs') / of(bare, 'cpuMs'),
            bar: INIT_TIME,
          },
        );
        rows.push([bundle.name, figure(of(bundle, 'initMs'))]);
      }
      return {
        settings: [
          'Each bundle as it is deployed is imported in a process of its own, as Lambda’s runtime does; the median of several rounds, in which all functions take turns. Node’s own start is not in it; CPU time is user and system time.',
          'The bare handler does nothing and has the clients of S3 and DynamoDB, bundled in the same way: what any function of this kind has to load.',
        ],
        lines,
        details: [
          {
            title: 'Time of the init',
            header: ['function', 'ms'],
            rows: [...rows, ['bare handler', figure(of(bare, 'initMs'))]],
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function functionBundles(): Promise<Bundle[]> {
  // With a schedule, so that each function is there.
  const schedule = { exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo' };
  const { functions } = loadStack(await testTemplate({ quota: DEFAULT_QUOTA_PER_SECOND, schedule }));
  return functions.map((each) => ({
    name: functionName(each.name),
    directory: each.codeDirectory,
    handler: each.handler,
    variables: {
      ...each.environment,
      ...reservedVariables({
        ...each,
        logStream: 'bench',
        accessKeyId: 'local',
        temporaryDirectory: tmpdir(),
        endpointUrl: 'http://127.0.0.1:9',
      }),
    },
  }));
}

/** The folder of functions/ whose name the template's id holds. */
function functionName(id: string): string {
  const folders = globSync('functions/*/handler.ts').map((file) => basename(dirname(file)));
  return folders.find((folder) => id.includes(folder.replaceAll('-', ''))) ?? id;
}

/** With the options of infra/sync-function.ts. */
async function bareBundle(folder: string): Promise<Bundle> {
  await build({
    entryPoints: [BARE],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    banner: {
      js: "import { createRequire as bannerCreateRequire } from 'node:module'; const require = bannerCreateRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return { name: 'bare handler', directory: folder, handler: 'index.handler', variables: { AWS_REGION: 'us-east-1' } };
}

async function bytesOf({ directory }: Bundle): Promise<number> {
  return (await stat(join(directory, 'index.mjs'))).size;
}

async function init({ directory, handler, variables }: Bundle): Promise<Init> {
  const env = { ...variables, PATH: process.env.PATH ?? '' };
  const { stdout } = await promisify(execFile)(process.execPath, [INIT, directory, handler], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Init;
}
