import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { startTestStack } from '../../test/helpers/stack.ts';
import type { Bar, Bench, Detail, Line } from '../bench.ts';
import { exportOf } from '../exports.ts';
import { figure } from '../figures.ts';
import { Arrivals, firstRate, lastRate, perSecond, type Times, wholeRate, withoutHeadStart } from './arrivals.ts';
import { startLiveEvents } from './live-load.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const QUOTA = DEFAULT_QUOTA_PER_SECOND;
/** Design: the rate of a long run, and the throttled share of its calls. */
const SUSTAINED = { is: 'at least', ratio: 0.97 } as const;
const NEVER_SLOW = { is: 'at least', ratio: 0.99 } as const;
/** A call or two at either edge are those of other seconds. */
const LIVE = { is: 'at least', ratio: 0.9 } as const;
/** Enough for a chunk for each worker of a run. */
const WARM_UP_ROWS = 120;
const THROTTLED = { is: 'at most', ratio: 0.001 } as const;

interface Seen {
  readonly arrivals: Arrivals;
  readonly throttled: number;
}

/** Calls as the service sees them, against the rate that the budget is to hold. */
export const rate: Bench = {
  name: 'rate',
  title: 'Calls per second against the limit',
  async measure(effort, say) {
    const lines: Line[] = [];
    const rows: string[][] = [];
    for (const scenario of SCENARIOS[effort]) {
      say(`${scenario.what}, ${scenario.rows} rows`);
      const seen = await run(scenario);
      lines.push(...linesOf(scenario, seen));
      rows.push([scenario.what, perSecond(duringRuns(seen.arrivals)).join(' ')]);
    }
    const details: Detail[] = [{ title: 'Calls in each second', header: ['measured', 'calls'], rows }];
    return { settings: SETTINGS, lines, details };
  },
};

const SETTINGS = [
  `The whole embedded stack with the default quota of ${QUOTA} calls per second; the service throttles every call above that same rate (a bucket of half a second), so that a call too many shows.`,
  'Counted where the calls of runs and of live events reach the service, throttled or not: from a run’s first call to its last, or in the first or last seconds of them. The first second may have a quarter of a second more; what is above the limit in it does not count.',
  'Every row is new, so that every valid row is a call. Live events of new customers begin before the export is uploaded. Before four runs, and before a run beside live events, small exports start the processes of the workers: on AWS each starts on a machine of its own, here up to twenty on the cores that the calls are made with. One run alone starts cold. For the same reason the first second has no bar: chunks begin all at once, and cores that the host of the embedded services shares with them are short then. The service takes 150 ms a call where nothing else is said, log-normal with a spread of 0.3.',
];

async function run(scenario: Scenario): Promise<Seen> {
  const { rows, runs, latencyMs, livePerSecond, isWarm } = scenario;
  const arrivals = new Arrivals();
  const settings = { putRatePerSecond: QUOTA, latencyMs: { median: latencyMs, spread: 0.3 } };
  const stack = await startTestStack({ quota: QUOTA, settings, onAllowed: arrivals.onAllowed });
  try {
    const upload = (part: string, rowsOfEach: number) =>
      Promise.all(
        Array.from({ length: runs }, (_, index) =>
          stack.succeed(`${part}-${index}.csv`, exportOf({ rows: rowsOfEach, prefix: `${part}${index}` })),
        ),
      );
    if (isWarm) await upload('W', WARM_UP_ROWS);
    arrivals.begin();
    const live = await startLiveEvents(stack, livePerSecond);
    await upload('P', rows / runs);
    await live.stop();
    return { arrivals, throttled: stack.stack.customerProfiles.stats().throttled };
  } finally {
    await stack.stop();
  }
}

function linesOf({ what, livePerSecond, firstSeconds, lastSeconds }: Scenario, { arrivals, throttled }: Seen): Line[] {
  const all = withoutHeadStart(duringRuns(arrivals), QUOTA);
  const ofLimit = (part: string, perSecondOfPart: number, bar?: Bar): Line => ({
    what: `${what}: ${part}`,
    ours: `${perSecondOfPart.toFixed(1)} calls/s`,
    against: `limit ${QUOTA} calls/s`,
    ratio: perSecondOfPart / QUOTA,
    ...(bar && { bar }),
  });
  return [
    ofLimit('first call to last', wholeRate(all), SUSTAINED),
    ...(livePerSecond > 0 ? [liveLine(what, livePerSecond, arrivals)] : []),
    ...(firstSeconds
      ? [
          ofLimit('first second', firstRate(all, 1)),
          ofLimit(`${firstSeconds} s from the second one on`, firstRate(all, firstSeconds, 1), NEVER_SLOW),
        ]
      : []),
    ...(lastSeconds ? [ofLimit(`last ${lastSeconds} s`, lastRate(all, lastSeconds), NEVER_SLOW)] : []),
    {
      what: `${what}: throttled`,
      ours: `${figure(throttled)} calls`,
      against: `all ${figure(arrivals.all.length)} calls`,
      ratio: throttled / arrivals.all.length,
      bar: THROTTLED,
    },
  ];
}

/** Live events must not wait for batch: they come in as they are sent. */
function liveLine(what: string, livePerSecond: number, { live, batch }: Arrivals): Line {
  const seconds = ((batch.at(-1) ?? 0) - (batch[0] ?? 0)) / 1000;
  const perSecondOfLive = between(live, batch).length / seconds;
  return {
    what: `${what}: live events`,
    ours: `${figure(perSecondOfLive)} calls/s`,
    against: `sent ${livePerSecond} events/s`,
    ratio: perSecondOfLive / livePerSecond,
    bar: LIVE,
  };
}

/** Live events begin before the first run and go on after the last one. */
function duringRuns({ all, batch }: Arrivals): Times {
  return between(all, batch);
}

function between(times: Times, batch: Times): Times {
  const [from = 0] = batch;
  const to = batch.at(-1) ?? 0;
  return times.filter((time) => time >= from && time <= to);
}
