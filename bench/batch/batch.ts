import type { BatchPermit } from '../../functions/shared/rate-budget/api-rates.ts';
import { startTestStack } from '../../test/helpers/stack.ts';
import type { Bench, Effort, Line } from '../bench.ts';
import { exportOf } from '../exports.ts';

/** Permits per second; so few that ten records for each are what the cores of a laptop make beside the services. */
const QUOTA = 8;
const RECORDS_PER_CALL = 10;
const SUSTAINED = { is: 'at least', ratio: 0.97 } as const;
/** The last call of each chunk has fewer. */
const NEARLY_FULL = { is: 'at least', ratio: 0.9 } as const;
const ROWS: Readonly<Record<Effort, Readonly<Record<BatchPermit, number>>>> = {
  full: { item: 600, call: 6_000 },
  quick: { item: 200, call: 2_000 },
};

interface Seen {
  readonly seconds: number;
  /** As the rate counts them. */
  readonly permits: number;
  readonly records: number;
}

/** Records per second of exports in batches, against the rate that the budget is to hold. */
export const batch: Bench = {
  name: 'batch',
  title: 'Exports in batches',
  async measure(effort, say) {
    const lines: Line[] = [];
    for (const permitFor of ['item', 'call'] as const) {
      const rows = ROWS[effort][permitFor];
      say(`a permit for each ${permitFor}, ${rows} rows`);
      lines.push(...linesOf(permitFor, await run(permitFor, rows)));
    }
    return { settings: SETTINGS, lines };
  },
};

const SETTINGS = [
  `The whole embedded stack with \`batchQuota\` ${QUOTA}; the service counts items or calls, as the permits do, and throttles what is above that rate. Every row is new, and a small export starts the processes of the workers before. With PutProfileObject and the same quota ${QUOTA} records per second are the most.`,
];

async function run(batchPermitFor: BatchPermit, rows: number): Promise<Seen> {
  const calls: number[] = [];
  const settings = { otherRatesPerSecond: { BatchPutProfileObject: QUOTA }, batchCounts: batchPermitFor };
  const stack = await startTestStack({
    quota: QUOTA,
    batch: { batchQuota: String(QUOTA), batchPermitFor },
    settings,
    onAllowed: (_, { action }) => {
      if (action === 'profile:BatchPutProfileObject') calls.push(performance.now());
    },
  });
  try {
    await stack.succeed('warm.csv', exportOf({ rows: QUOTA * RECORDS_PER_CALL, prefix: 'W' }));
    calls.length = 0;
    const before = stack.stack.customerProfiles.stats();
    await stack.succeed('batch.csv', exportOf({ rows, prefix: 'B' }));
    const after = stack.stack.customerProfiles.stats();
    return {
      seconds: ((calls.at(-1) ?? 0) - (calls[0] ?? 0)) / 1_000,
      permits: after.calls - before.calls,
      records: after.accepted - before.accepted,
    };
  } finally {
    await stack.stop();
  }
}

function linesOf(permitFor: BatchPermit, { seconds, permits, records }: Seen): Line[] {
  const line = (part: string, ours: string, against: string, ratio: number, bar?: Line['bar']): Line => ({
    what: `a permit for each ${permitFor}: ${part}`,
    ...{ ours, against, ratio, ...(bar && { bar }) },
  });
  const ofLimit = permits / seconds;
  const recordsPerSecond = records / seconds;
  return [
    line(`${permitFor}s per second`, `${ofLimit.toFixed(1)}/s`, `limit ${QUOTA}/s`, ofLimit / QUOTA, SUSTAINED),
    ...(permitFor === 'call'
      ? [
          line(
            'records in a call',
            (records / permits).toFixed(1),
            `at most ${RECORDS_PER_CALL}`,
            records / permits / RECORDS_PER_CALL,
            NEARLY_FULL,
          ),
        ]
      : []),
    line(
      'records per second',
      `${recordsPerSecond.toFixed(1)}/s`,
      `PutProfileObject ${QUOTA}/s`,
      recordsPerSecond / QUOTA,
    ),
  ];
}
