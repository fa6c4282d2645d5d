import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DOMAIN, startTestStack, type TestStack } from '../../test/helpers/stack.ts';
import type { Bench, Line } from '../bench.ts';
import { exportOf } from '../exports.ts';
import { figure, median } from '../figures.ts';
import type { Spent, WorkerInput } from './spent.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const SIZES = {
  quick: { rows: 500, nights: 2, unchangedRounds: 5 },
  full: { rows: 2_000, nights: 4, unchangedRounds: 15 },
};
/** What was reached (9 and 300), with room for another machine: a regression is a multiple of it. */
const UNCHANGED = { is: 'at most', ratio: 15 } as const;
const CHANGED = { is: 'at most', ratio: 500 } as const;

/** CPU time of a worker, against reading the same bytes and nothing else. */
export const chunk: Bench = {
  name: 'chunk',
  title: 'CPU time of a chunk',
  async measure(effort, say) {
    const { rows, nights, unchangedRounds } = SIZES[effort];
    say(`${nights} nights of ${rows} rows, all changed, and ${unchangedRounds} unchanged`);
    const stack = await startTestStack({
      quota: 10_000,
      settings: { latencyMs: { median: 5, spread: 0 }, putRatePerSecond: 100_000 },
    });
    try {
      const spent = await work(stack, await upload(stack, rows, nights), unchangedRounds);
      return {
        settings: [
          'A worker alone in a process of its own runs SyncChunk’s code, chunk after chunk; the embedded services run in another. The rate keeps no call waiting, and the service answers in 5 ms.',
          `${figure(rows)} rows, of which about one in a hundred is rejected or stale. Rounds of the worker and of csv-parse, with the same dialect over the same bytes, alternate in that process; the median of each counts, after a first round that warms up.`,
          'CPU time is user and system time, garbage collection included.',
        ],
        lines: linesOf(spent),
        details: [
          {
            title: 'CPU milliseconds per 1,000 rows',
            header: ['round', 'median', 'least', 'most'],
            rows: [
              ['first round, all changed', ...spread([spent.coldChanged ?? Number.NaN], spent.rows)],
              ['all changed', ...spread(spent.changed, spent.rows)],
              ['all unchanged', ...spread(spent.unchanged, spent.rows)],
              ['csv-parse alone', ...spread(spent.parse, spent.rows)],
            ],
          },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};

/** Puts the exports where they start no run. */
async function upload({ clients, stack }: TestStack, rows: number, nights: number): Promise<string[]> {
  const keys = Array.from({ length: nights }, (_, index) => `bench/customers-${index + 1}.csv`);
  for (const [index, Key] of keys.entries()) {
    const Body = exportOf({ rows, night: index + 1, churn: 100 });
    await clients.s3.send(new PutObjectCommand({ Bucket: stack.outputs.ExportBucketName, Key, Body }));
  }
  return keys;
}

async function work({ stack }: TestStack, nights: readonly string[], unchangedRounds: number): Promise<Spent> {
  const { outputs, url, region, credentials } = stack;
  const input: WorkerInput = {
    nights,
    unchangedRounds,
    bucket: outputs.ExportBucketName ?? '',
    runBucket: outputs.RunBucketName ?? '',
    tables: {
      run: outputs.RunTableName ?? '',
      ledger: outputs.LedgerTableName ?? '',
      budget: outputs.BudgetTableName ?? '',
    },
    domainName: DOMAIN,
  };
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [WORKER, JSON.stringify(input)], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Spent;
}

function linesOf({ rows, parse, changed, unchanged }: Spent): Line[] {
  const perThousand = (spent: readonly number[]) => (median(spent) / rows) * 1000;
  const alone = perThousand(parse);
  const against = `csv-parse alone ${figure(alone)} ms`;
  const line = (what: string, spent: readonly number[], bar?: Line['bar']): Line => ({
    what: `CPU of 1,000 rows, ${what}`,
    ours: `${figure(perThousand(spent))} ms`,
    against,
    ratio: perThousand(spent) / alone,
    ...(bar && { bar }),
  });
  return [line('all unchanged', unchanged, UNCHANGED), line('all changed', changed, CHANGED)];
}

function spread(spent: readonly number[], rows: number): string[] {
  return [median(spent), Math.min(...spent), Math.max(...spent)].map((each) => figure((each / rows) * 1000));
}
