/**
 * The chaos suite, as often as wanted: `npm run chaos -- --seed N --rounds M`. Each round is decided by its seed, timing
 * aside. Ends with 1 if anything is not as it must be.
 */
import { Command, InvalidArgumentError } from 'commander';
import { play } from './play.ts';
import type { Round } from './round.ts';
import { makeScenario } from './scenario/scenario.ts';
import type { Arrival, Difference, Scenario } from './types.ts';

const MAX_SHOWN = 20;

const { seed, rounds } = new Command('npm run chaos --')
  .description('Runs the system under random faults, and compares what it leaves with what it was given.')
  .option('--seed <n>', 'of the first round; the next ones count up', wholeNumber, 1)
  .option('--rounds <n>', 'how many', wholeNumber, 10)
  .parse()
  .opts<{ seed: number; rounds: number }>();

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

const total = { exports: 0, rows: 0, events: 0, calls: 0, differences: 0 };
const faults = new Map<string, number>();
for (let round = 0; round < rounds; round++) {
  await playAndTell(seed + round);
}
const words = (counts: Iterable<[string, number]>) => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
console.log(`rounds ${rounds}, ${words(Object.entries(total))}; faults: ${words(faults)}`);
process.exitCode = total.differences === 0 ? 0 : 1;

async function playAndTell(seed: number): Promise<void> {
  const scenario = makeScenario(seed);
  const started = performance.now();
  try {
    const { round, differences } = await play(scenario);
    count(scenario, round);
    console.log(`seed ${seed}: ${described(scenario, round)}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    if (differences.length > 0) tellOf(seed, differences);
  } catch (error) {
    // The round itself broke; the next ones may tell why.
    console.error(error);
    tellOf(seed, [{ phase: 0, what: 'the round could not be played to its end.' }]);
  }
}

function count({ phases }: Scenario, round: Round): void {
  const kinds = phases.flatMap(({ steps }) => steps.map(({ kind }) => kind));
  total.rows += round.rows;
  total.events += kinds.filter((kind) => kind === 'event').length;
  total.exports += kinds.filter((kind) => kind === 'export').length;
  total.calls += round.calls;
  for (const [kind, hits] of Object.entries(round.faults)) faults.set(kind, (faults.get(kind) ?? 0) + hits);
}

function described({ phases, mapping }: Scenario, { rows, calls, arrivals, faults }: Round): string {
  const steps = phases.flatMap(({ steps }) => steps);
  const planned = new Set(steps.flatMap((step) => (step.kind === 'fault' ? [step.fault.kind] : [])));
  const hits = [...planned].map((kind) => `${kind} ${faults[kind]}`);
  return `${mapping}, ${phases.length} phases, ${rows} rows, ${calls} calls (timed to ${medianDoubt(arrivals)} ms); ${hits.join(', ')}`;
}

function tellOf(seed: number, differences: readonly Difference[]): void {
  total.differences += differences.length;
  for (const { phase, what } of differences.slice(0, MAX_SHOWN)) console.log(`  DIFFERENCE in phase ${phase}: ${what}`);
  if (differences.length > MAX_SHOWN) console.log(`  … and ${differences.length - MAX_SHOWN} more`);
  console.log(`  Once more: npm run chaos -- --seed ${seed} --rounds 1`);
}

/** How exactly the times of calls are known, in milliseconds: on a busy machine the check of the rate is that much milder. */
function medianDoubt(arrivals: readonly Arrival[]): number {
  const doubts = arrivals.map(({ earliest, latest }) => latest - earliest).toSorted((a, b) => a - b);
  return doubts[Math.floor(doubts.length / 2)] ?? 0;
}
