import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { Command, Option } from 'commander';
import { duration } from '../cli/output/words.ts';
import { type Bench, type Effort, fallsShort } from './bench.ts';
import { coldStart } from './cold-start/cold-start.ts';
import { growth } from './growth/growth.ts';
import { mapRun } from './map-run/map-run.ts';
import { rate } from './rate/rate.ts';
import { type Circumstances, linesTable, type Result, resultsPage } from './results.ts';

const BENCHES: readonly Bench[] = [rate, growth, coldStart, mapRun];
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
const results: Result[] = [];
for (const bench of BENCHES.filter(({ name }) => only?.includes(name) ?? true)) {
  console.error(bench.title);
  const measured = await bench.measure(effort, (progress) => console.error(`  ${progress}`));
  results.push({ bench, measured });
}

console.log(linesTable(results));
if (effort === 'full' && !only) writeFileSync(PAGE, resultsPage(results, circumstances()));
const short = results.flatMap(({ measured }) => measured.lines).filter(fallsShort);
if (short.length > 0) {
  console.error(`${short.length} of the lines fall short of their bar.`);
  process.exitCode = 1;
}

function circumstances(): Circumstances {
  const [cpu] = cpus();
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!bench/RESULTS.md') !== '';
  return [
    `Machine: ${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}.`,
    `Date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; it took ${duration((performance.now() - startedAt) / 1000)}.`,
    `Command: \`npm run bench\`, on commit ${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}.`,
  ];
}
