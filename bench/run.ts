import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { Command, Option } from 'commander';
import { duration } from '../cli/output/words.ts';
import { batch } from './batch/batch.ts';
import { type Bench, type Effort, fallsShort, type Measured } from './bench.ts';
import { chunk } from './chunk/chunk.ts';
import { coldStart } from './cold-start/cold-start.ts';
import { growth } from './growth/growth.ts';
import { mapRun } from './map-run/map-run.ts';
import { nights } from './nights/nights.ts';
import { rate } from './rate/rate.ts';
import { type Circumstances, linesTable, type Result, resultsPage } from './results.ts';
import { splitting } from './splitting/splitting.ts';

const BENCHES: readonly Bench[] = [rate, batch, nights, growth, splitting, chunk, coldStart, mapRun];
const MUST = { is: 'at least', ratio: 1 } as const;
const PAGE = new URL('RESULTS.md', import.meta.url);

const program = new Command('npm run bench --')
  .description('Measures the product against its limits and against what a user would write instead.')
  .option('--quick', 'a short form, in a few minutes; bench/RESULTS.md stays as it is', false)
  .addOption(
    new Option('--only <name...>', 'measure these alone; bench/RESULTS.md stays as it is').choices(
      BENCHES.map(({ name }) => name),
    ),
  )
  .parse();

const { quick, only } = program.opts<{ quick: boolean; only?: readonly string[] }>();
const effort: Effort = quick ? 'quick' : 'full';
const startedAt = performance.now();
const measuredCode = commit();
const results: Result[] = [];
for (const bench of BENCHES.filter(({ name }) => only?.includes(name) ?? true)) {
  console.error(bench.title);
  const measured = await bench.measure(effort, (progress) => console.error(`  ${progress}`)).catch(broken);
  results.push({ bench, measured });
}
const took = duration((performance.now() - startedAt) / 1000);

console.log(linesTable(results));
console.log(`It took ${took}.`);
if (effort === 'full' && !only) writeFileSync(PAGE, resultsPage(results, circumstances()));
const short = results.flatMap(({ measured }) => measured.lines).filter(fallsShort);
if (short.length > 0) {
  console.error(`${short.length} of the lines fall short of their bar.`);
  process.exitCode = 1;
}

/** A bench that breaks falls short; the others are told all the same. */
function broken(error: unknown): Measured {
  console.error(error);
  return {
    settings: [],
    lines: [{ what: 'could not be measured', ours: '-', against: '-', ratio: Number.NaN, bar: MUST }],
  };
}

/** As it is when the measurement begins. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--', '.', ':!bench/RESULTS.md') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
}

function circumstances(): Circumstances {
  const [cpu] = cpus();
  return [
    `Machine: ${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}.`,
    `Date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; it took ${took}.`,
    `Command: \`npm run bench\`, on commit ${measuredCode}.`,
  ];
}
