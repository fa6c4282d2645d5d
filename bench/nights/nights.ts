import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { LOOP, MAP, PARALLEL } from '../baselines/tuning.ts';
import type { Bench, Effort, Measured } from '../bench.ts';
import { figure } from '../figures.ts';
import { detailsOf, rowsInOneLambda } from './details.ts';
import { type Nights, nightsOf } from './exports.ts';
import { callsOfChanges, comparisons, type Story, wrongCustomers } from './lines.ts';
import { LATENCY, type Night, type Played, play, SERVICE_PER_SECOND } from './play.ts';
import { baseline, OURS, type System } from './systems.ts';
import { changedCustomers } from './truth.ts';

/** `loop` gets fewer: it sends seven rows per second. */
const ROWS: Readonly<Record<Effort, { readonly all: number; readonly loop: number }>> = {
  quick: { all: 400, loop: 60 },
  full: { all: 3_000, loop: 300 },
};
/** Of the service's 100, in the harder scenario. */
const OTHERS_PER_SECOND = 40;

export const nights: Bench = {
  name: 'nights',
  title: 'First and second night, against what one would write instead',
  async measure(effort, say) {
    const { all, loop } = ROWS[effort];
    const exports = nightsOf(all);
    const ofLoop = nightsOf(loop);
    const isFull = effort === 'full';
    const second = ({ first, onePercent, late }: Nights) => [first, onePercent, ...(isFull ? [late(onePercent)] : [])];

    async function story(system: System, played: readonly Night[], othersPerSecond = 0): Promise<Story> {
      const beside = othersPerSecond > 0 ? `, ${othersPerSecond} calls/s of others beside` : '';
      say(`${system.name}: ${played.map(({ name }) => name).join('; ')}${beside}`);
      return { system: system.name, nights: await play(system, played, { othersPerSecond }) };
    }

    const { first, same, onePercent, tenPercent, late } = exports;
    const ours = await story(OURS, [first, same, onePercent, tenPercent, ...(isFull ? [late(tenPercent)] : [])]);
    const others = [
      await story(baseline('loop'), isFull ? second(ofLoop) : [ofLoop.first]),
      await story(baseline('parallel'), second(exports)),
      await story(baseline('map'), second(exports)),
    ];
    const harderOurs = await story(OURS, [first], OTHERS_PER_SECOND);
    const harderOthers = [
      await story(baseline('parallel'), [first], OTHERS_PER_SECOND),
      await story(baseline('map'), [first], OTHERS_PER_SECOND),
    ];
    return {
      settings: settings(all, loop),
      lines: [
        ...changes(ours),
        ...ours.nights.map((night) => wrongCustomers(`${night.night}: customers lost`, lost, night, others)),
        ...ours.nights.map((night) =>
          wrongCustomers(`${night.night}: customers with older data`, older, night, others),
        ),
        ...harderOurs.nights.map((night) =>
          wrongCustomers(`${night.night}, others beside: customers lost`, lost, night, harderOthers),
        ),
        ...ours.nights.slice(0, 3).flatMap((night) => comparisons(night, others)),
      ],
      details: [
        ...detailsOf('Alone', [ours, ...others]),
        ...detailsOf(`${OTHERS_PER_SECOND} calls per second of others beside`, [harderOurs, ...harderOthers]),
        rowsInOneLambda(others),
      ],
    };
  },
};

const lost = (night: Played) => night.lost;
const older = (night: Played) => night.older;

/** Each second night of ours, compared with the night before it. */
function changes({ nights }: Story): Measured['lines'] {
  return nights.flatMap((night, index) => {
    const before = nights[index - 1];
    if (!before || !night.night.startsWith('second')) return [];
    return callsOfChanges(night, changedCustomers(before.truth, night.truth));
  });
}

function settings(rows: number, loopRows: number): string[] {
  const { median, spread } = LATENCY;
  return [
    `Each system is on an embedded stack of its own, one after the other, and takes the same invented exports of ${figure(rows)} rows (samples/generate.ts); loop takes ${figure(loopRows)} of them, as it is slow.`,
    `The service takes ${SERVICE_PER_SECOND} PutProfileObject calls per second of all callers, half a second's worth at once, and answers after ${median} ms (log-normal, spread ${spread}). Ours has its default quota of ${DEFAULT_QUOTA_PER_SECOND} of them.`,
    `Others beside: another caller uses ${OTHERS_PER_SECOND} of the ${SERVICE_PER_SECOND} at an even rate. Its calls are in no figure. loop is left out there: with one call at a time it is never throttled.`,
    'What came of it is what the service holds afterwards, compared with the newest row of each customer that the mapping takes; no system is asked. Changed customers are those of whom the mapped content of that row differs from the night before.',
    'Cost is what the stack counted, at list prices (us-east-1, without free tiers), without storage, logs, alarms and idle queues. Fixed costs of a run weigh more on these small exports than on large ones.',
    `loop: one Lambda of ${LOOP.memoryMiB} MB on the event of the upload; one row after the other, ${LOOP.tries} tries each, exponential backoff with jitter.`,
    `parallel: one Lambda of ${PARALLEL.memoryMiB} MB; ${PARALLEL.callsInFlight} calls in flight, retries by the SDK: adaptive mode, ${PARALLEL.maxAttempts} attempts.`,
    `map: a Distributed Map over the rows, batches of ${MAP.rowsPerBatch}, ${MAP.maxConcurrency} at once, ${MAP.callsInFlight} calls in flight each, in a Lambda of ${MAP.memoryMiB} MB; ${MAP.maxAttempts} attempts by the SDK, then the whole batch again, 6 times with exponential backoff and jitter; every failure is tolerated, else the first batch that fails for good would stop the run.`,
    'What was tried before these settings were chosen: bench/baselines/README.md.',
  ];
}
