import { type BatchPermit, RECORDS_PER_CALL } from '../../functions/shared/rate-budget/api-rates.ts';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { startTestStack } from '../../test/helpers/stack.ts';
import type { Bench, Effort, Line } from '../bench.ts';
import { exportOf } from '../exports.ts';
import { figure } from '../figures.ts';

interface Setting {
  /** Permits per second. */
  readonly quota: number;
  readonly rows: Readonly<Record<Effort, number>>;
}

const SETTINGS_OF: Readonly<Record<BatchPermit, Setting>> = {
  item: { quota: DEFAULT_QUOTA_PER_SECOND, rows: { full: 4_800, quick: 1_200 } },
  /** So few that ten records for each are what the cores of a laptop make beside the services. */
  call: { quota: 8, rows: { full: 4_800, quick: 1_600 } },
};
/** Enough for a chunk for each worker of a run. */
const WARM_UP_ROWS = 120;
const SUSTAINED = { is: 'at least', ratio: 0.97 } as const;
const THROTTLED = { is: 'at most', ratio: 0.001 } as const;
/** The last call of each chunk has fewer. */
const NEARLY_FULL = { is: 'at least', ratio: 0.9 } as const;

interface Seen {
  readonly seconds: number;
  /** As the rate counts them. */
  readonly permits: number;
  readonly throttled: number;
  readonly calls: number;
  readonly records: number;
}

/** Records per second of exports in batches, against the rate that the budget is to hold. */
export const batch: Bench = {
  name: 'batch',
  title: 'Exports in batches',
  async measure(effort, say) {
    const lines: Line[] = [];
    for (const permitFor of ['item', 'call'] as const) {
      const { quota, rows } = SETTINGS_OF[permitFor];
      say(`a permit for each ${permitFor}, ${quota} a second, ${rows[effort]} rows`);
      lines.push(...linesOf(permitFor, quota, await run(permitFor, quota, rows[effort])));
    }
    return { settings: SETTINGS, lines };
  },
};

const SETTINGS = [
  `The whole embedded stack with \`batchQuota\` ${SETTINGS_OF.item.quota} for items and ${SETTINGS_OF.call.quota} for calls; the service counts items or calls, as the permits do, and throttles what is above that rate. Every row is new, and a small export starts the processes of the workers before. With PutProfileObject and the same quota one record for each permit is the most.`,
];

async function run(batchPermitFor: BatchPermit, quota: number, rows: number): Promise<Seen> {
  const calls: number[] = [];
  const settings = { otherRatesPerSecond: { BatchPutProfileObject: quota }, batchCounts: batchPermitFor };
  const stack = await startTestStack({
    quota,
    batch: { batchQuota: String(quota), batchPermitFor },
    settings,
    onAllowed: (_, { action }) => {
      if (action === 'profile:BatchPutProfileObject') calls.push(performance.now());
    },
  });
  try {
    await stack.succeed('warm.csv', exportOf({ rows: WARM_UP_ROWS, prefix: 'W' }));
    calls.length = 0;
    const before = stack.stack.customerProfiles.stats();
    await stack.succeed('batch.csv', exportOf({ rows, prefix: 'B' }));
    const after = stack.stack.customerProfiles.stats();
    return {
      seconds: ((calls.at(-1) ?? 0) - (calls[0] ?? 0)) / 1_000,
      permits: after.calls - before.calls,
      throttled: after.throttled - before.throttled,
      calls: calls.length,
      records: after.accepted - before.accepted,
    };
  } finally {
    await stack.stop();
  }
}

function linesOf(permitFor: BatchPermit, quota: number, seen: Seen): Line[] {
  const { seconds, permits, throttled, calls, records } = seen;
  const line = (part: string, ours: string, against: string, ratio: number, bar?: Line['bar']): Line => ({
    what: `a permit for each ${permitFor}: ${part}`,
    ...{ ours, against, ratio, ...(bar && { bar }) },
  });
  // The time begins with the first call: what that one took was of the time before.
  const ofTheOthers = (calls - 1) / calls;
  const perSecond = (permits * ofTheOthers) / seconds;
  const recordsPerSecond = (records * ofTheOthers) / seconds;
  const perCall = records / calls;
  return [
    line(`${permitFor}s per second`, `${perSecond.toFixed(1)}/s`, `limit ${quota}/s`, perSecond / quota, SUSTAINED),
    line('throttled', figure(throttled), `all ${figure(permits)} ${permitFor}s`, throttled / permits, THROTTLED),
    line(
      'records in a call',
      perCall.toFixed(1),
      `at most ${RECORDS_PER_CALL}`,
      perCall / RECORDS_PER_CALL,
      permitFor === 'call' ? NEARLY_FULL : undefined,
    ),
    line(
      'records per second',
      `${recordsPerSecond.toFixed(1)}/s`,
      `PutProfileObject ${quota}/s`,
      recordsPerSecond / quota,
    ),
  ];
}
