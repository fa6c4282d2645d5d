import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import type { FunctionModel } from '../../local/cloudformation/model.ts';
import { loadStack } from '../../local/cloudformation/template.ts';
import { testTemplate } from '../../test/helpers/stack.ts';
import type { Bench, Effort, Line } from '../bench.ts';
import { figure, median } from '../figures.ts';
import { bareHandler, EMPTY_HANDLER } from './bare-handler.ts';
import { bundle, bundleBytes, bundleSources } from './bundle.ts';
import { type Code, type Init, initOf } from './init.ts';

const ROUNDS: Readonly<Record<Effort, number>> = { quick: 3, full: 15 };
/** With it the stack has the function that watches the runs, too. */
const SCHEDULE = { exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC' };

/** Of the clients that a function needs. With the SDK's chain of credentials the functions that read records would be beyond it. */
const LIGHT = { is: 'at most', ratio: 1.6 } as const;
/** Most of it is the clients of the SDK. Wide enough for a noisy machine; twice the init of a worker is beyond it. */
const SOON = { is: 'at most', ratio: 8 } as const;

/** Of a function, not the one that they share. */
const HANDLER = /functions\/((?!shared)[^/]+)\/handler\.ts$/;

interface Subject {
  /** The function's folder under functions/. */
  readonly name: string;
  readonly ours: Code;
  /** The same clients of the SDK alone. */
  readonly bare: Code;
}

/** What the first event of an execution environment waits for. */
export const coldStart: Bench = {
  name: 'cold-start',
  title: 'Cold start',
  async measure(effort, say) {
    const folder = mkdtempSync(join(tmpdir(), 'connect-profile-sync-bench-'));
    try {
      say('bundles');
      const cdkOut = await testTemplate({ quota: DEFAULT_QUOTA_PER_SECOND, schedule: SCHEDULE });
      const subjects = await Promise.all(loadStack(cdkOut).functions.map((model) => subjectOf(model, folder)));
      const [first] = subjects;
      if (!first) throw new Error('The stack has no function.');
      const empty = { ...first.bare, name: 'empty', codeDirectory: join(folder, 'empty') };
      await bundle(EMPTY_HANDLER, empty.codeDirectory);

      const codes = [empty, ...subjects.flatMap(({ ours, bare }) => [ours, bare])];
      const inits = await alternating(codes, ROUNDS[effort], say);
      const of = (code: Code): Init => middle(inits.get(code) ?? []);
      return {
        settings: [
          'Each function as `cdk synth` bundles it, against a handler with the same clients and commands of the SDK and nothing else, minified by esbuild with the options that AWS documents.',
          `Init: a process of its own from its start until its handler is imported, with the function’s environment variables; medians of ${ROUNDS[effort]} rounds, in each of which every handler has its turn, one process at a time.`,
          'The lines compare CPU time, of all threads, which others on the machine change least. Lambda’s own part, which is to load the code and to start the environment, is not in it.',
        ],
        lines: subjects.flatMap((subject) => linesOf(subject, of, of(empty))),
        details: [
          {
            title: 'Cold starts',
            header: [
              ...['function', 'memory MiB', 'bundle kB', 'SDK alone kB'],
              ...['init CPU ms', 'init ms', 'SDK alone CPU ms', 'SDK alone ms', 'empty CPU ms', 'empty ms'],
            ],
            rows: subjects.map(({ name, ours, bare }) => [
              name,
              ...[ours.memoryMb, kilobytes(ours), kilobytes(bare)].map(figure),
              ...[ours, bare, empty].flatMap((code) => [of(code).cpu, of(code).wall]).map(figure),
            ]),
          },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function subjectOf(ours: FunctionModel, folder: string): Promise<Subject> {
  const sources = bundleSources(ours.codeDirectory);
  const folders = sources.map((source) => HANDLER.exec(source)?.[1]);
  const name = folders.find((each) => each !== undefined);
  if (!name) throw new Error(`No source of ${ours.name} is a handler.`);
  const codeDirectory = join(folder, name);
  await bundle(bareHandler(sources), codeDirectory);
  return { name, ours, bare: { ...ours, codeDirectory, environment: {} } };
}

async function alternating(
  codes: readonly Code[],
  rounds: number,
  say: (progress: string) => void,
): Promise<ReadonlyMap<Code, readonly Init[]>> {
  const inits = new Map<Code, Init[]>(codes.map((code) => [code, []]));
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const [code, seen] of inits) seen.push(await initOf(code));
  }
  return inits;
}

function middle(inits: readonly Init[]): Init {
  return { cpu: median(inits.map(({ cpu }) => cpu)), wall: median(inits.map(({ wall }) => wall)) };
}

function linesOf({ name, ours, bare }: Subject, of: (code: Code) => Init, empty: Init): Line[] {
  return [
    {
      what: `${name}: bundle`,
      ours: `${figure(kilobytes(ours))} kB`,
      against: `SDK alone ${figure(kilobytes(bare))} kB`,
      ratio: kilobytes(ours) / kilobytes(bare),
      bar: LIGHT,
    },
    {
      what: `${name}: init`,
      ours: `${figure(of(ours).cpu)} ms CPU`,
      against: `empty handler ${figure(empty.cpu)} ms CPU`,
      ratio: of(ours).cpu / empty.cpu,
      bar: SOON,
    },
  ];
}

function kilobytes({ codeDirectory }: Code): number {
  return bundleBytes(codeDirectory) / 1000;
}
