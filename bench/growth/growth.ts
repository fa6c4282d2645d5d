import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncExport } from '../../cli/exports/sync-export.ts';
import { duration } from '../../cli/output/words.ts';
import type { RunUsage } from '../../functions/shared/contracts.ts';
import { entryPrefix } from '../../functions/shared/ledger/ledger.ts';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import { DOMAIN, startTestStack } from '../../test/helpers/stack.ts';
import type { Bench, Line } from '../bench.ts';
import { exactly } from '../exactly.ts';
import { figure } from '../figures.ts';
import { type NightExport, nightCandidates, nightText } from './night.ts';
import { seedLedger } from './seed-ledger.ts';

const QUOTA = DEFAULT_QUOTA_PER_SECOND;
const CHURN = 1;
const SIZES = { quick: [2_000, 20_000], full: [10_000, 100_000, 1_000_000] } as const;
const HOUR_MS = 3_600_000;
const LARGE = 100_000;
/** The time of ten times the rows, against ten times the time: what a run takes by itself makes it less. */
const LINEAR = { is: 'at most', ratio: 1.2 } as const;
/** One consistent read of each row's entry; the rest is the rate budget, and what a chunk reads at its start. */
const READS = { is: 'at most', ratio: 1.1 } as const;

interface Grown {
  readonly rows: number;
  readonly seeded: number;
  readonly changed: number;
  readonly calls: number;
  readonly throttled: number;
  readonly chunks: number;
  readonly seconds: number;
  readonly usage: RunUsage;
}

/** Second nights of larger and larger exports, of which most rows are unchanged. */
export const growth: Bench = {
  name: 'growth',
  title: 'Growth of the export',
  async measure(effort, say) {
    const grown: Grown[] = [];
    for (const rows of SIZES[effort]) {
      say(`second night of ${figure(rows)} rows`);
      grown.push(await secondNight(rows, say));
    }
    return {
      settings: [
        `The whole embedded stack with the default quota of ${QUOTA} calls per second; the second night's export has every customer, ${CHURN} % of them changed.`,
        'The ledger is seeded in bulk with what the first night would leave, below the embedded DynamoDB, which is not running then; its records are read by the product’s own code. The service has no profiles but those that the second night sends.',
        'Changed customers are counted by comparing the two exports through the mapping.',
        'The embedded services share the cores with the workers; DynamoDB alone is one process there.',
      ],
      lines: grown.flatMap((each, index) => linesOf(each, grown[index - 1])),
      details: [
        {
          title: 'Second nights',
          header: ['rows', 'entries seeded', 'changed', 'calls', 'throttled', 'chunks', 'run', 'rows/s'],
          rows: grown.map((each) => [
            ...[each.rows, each.seeded, each.changed, each.calls, each.throttled, each.chunks].map(figure),
            duration(each.seconds),
            figure(each.rows / each.seconds),
          ]),
        },
      ],
    };
  },
};

function linesOf(grown: Grown, smaller: Grown | undefined): Line[] {
  const { rows, calls, changed, seconds, usage } = grown;
  const what = `second night of ${figure(rows)} rows`;
  const perRow = (each: Grown) => (each.seconds / each.rows) * 1_000_000;
  return [
    ...exactly(`${what}: calls`, calls, changed, `${figure(changed)} changed customers`),
    {
      what: `${what}: DynamoDB read units`,
      ours: figure(usage.readUnits),
      against: `one per row ${figure(rows)}`,
      ratio: usage.readUnits / rows,
      // Of a small export the chunks weigh more.
      ...(rows >= LARGE && { bar: READS }),
    },
    {
      what: `${what}: DynamoDB write units`,
      ours: figure(usage.writeUnits),
      against: `claim and confirm of each call ${figure(2 * calls)}`,
      ratio: usage.writeUnits / (2 * calls),
    },
    {
      what: `${what}: time`,
      ours: `${figure(seconds)} s`,
      against: `${figure(changed)} calls at the limit ${figure(changed / QUOTA)} s`,
      ratio: seconds / (changed / QUOTA),
    },
    ...(smaller
      ? [
          {
            what: `${what}: time per row`,
            ours: `${figure(perRow(grown))} µs`,
            against: `${figure(smaller.rows)} rows ${figure(perRow(smaller))} µs`,
            ratio: perRow(grown) / perRow(smaller),
            bar: LINEAR,
          },
        ]
      : []),
  ];
}

async function secondNight(rows: number, say: (progress: string) => void): Promise<Grown> {
  const mapping = loadMapping('mappings/customer.json');
  const settings = { putRatePerSecond: QUOTA };
  const created = await startTestStack({ quota: QUOTA, settings });
  await created.pause();

  const firstTime = Date.now() - HOUR_MS;
  const night = (number: number): NightExport => ({ rows, churn: CHURN, night: number });
  const first = await nightCandidates(night(1), mapping, firstTime);
  const store = {
    directory: join(created.folder, 'state', 'dynamodb'),
    tableName: created.stack.outputs.LedgerTableName ?? '',
    prefix: entryPrefix({ domainName: DOMAIN, objectTypeName: mapping.definition.objectType.name }),
  };
  const seeded = await seedLedger(first, store, firstTime);
  const second = await nightCandidates(night(2), mapping, Date.now());
  const changed = [...second].filter(
    ([key, { candidate }]) => first.get(key)?.candidate.fingerprint !== candidate.fingerprint,
  ).length;
  const path = join(created.folder, 'second.csv');
  await pipeline(Readable.from(nightText(night(2))), createWriteStream(path));
  first.clear();
  second.clear();
  say(`${figure(seeded)} entries seeded`);

  const stack = await startTestStack({ quota: QUOTA, settings, after: created });
  try {
    const result = await syncExport(path, stack.connected);
    if (!('summary' in result)) throw new Error(`The run of ${rows} rows did not succeed.`);
    const { summary } = result;
    const { calls, throttled } = stack.stack.customerProfiles.stats();
    const { chunks, seconds, usage } = summary;
    if (!usage) throw new Error('The summary does not say what the run used.');
    return { rows: summary.rows, seeded, changed, calls, throttled, chunks, seconds, usage };
  } finally {
    await stack.stop();
  }
}
