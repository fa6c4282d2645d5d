import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readDeployed } from '../../docs/cost/deployed.ts';
import { HEAP_SHARE } from '../../local/lambda/environment.ts';
import { DOMAIN, startTestStack, type TestStack } from '../../test/helpers/stack.ts';
import type { Bench, Effort, Line } from '../bench.ts';
import { exportOf } from '../exports.ts';
import { figure, median } from '../figures.ts';
import type { Spent, WorkerInput } from './spent.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** Rows of the process's first export. */
const FIRST = 100;
const SIZES = {
  quick: { rows: 2_000, nights: 2, unchangedRounds: 5 },
  full: { rows: 6_000, nights: 3, unchangedRounds: 15 },
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
      const spent = await work(stack, { rows, nights, unchangedRounds });
      return {
        settings: [
          'A worker alone in a process of its own runs SyncChunk’s code, chunk after chunk; the embedded services run in another. The rate keeps no call waiting, and the service answers in 5 ms.',
          `${figure(rows)} rows, in three chunks, of which about one row in a hundred is rejected or stale. Rounds of the worker and of csv-parse, with the same dialect over the same bytes, alternate in that process; the median of each counts, after a first export of a hundred rows and a first night that warm up.`,
          'CPU time is user and system time, garbage collection included.',
        ],
        lines: linesOf(spent),
        details: [
          {
            title: 'CPU milliseconds per 1,000 rows',
            header: ['round', 'median', 'least', 'most'],
            rows: [
              ['first hundred of the process, all changed', ...spread([spent.firstHundred], FIRST)],
              ['all changed', ...spread(spent.changed, spent.rows)],
              ['all unchanged', ...spread(spent.unchanged, spent.rows)],
              ['csv-parse alone', ...spread(spent.parse, spent.rows)],
            ],
          },
          {
            title: 'Memory of the process, with what it measures',
            header: ['most, MiB'],
            rows: [[figure(spent.peakMib)]],
          },
        ],
      };
    } finally {
      await stack.stop();
    }
  },
};

/** Puts an export where it starts no run. */
async function upload({ clients, stack }: TestStack, name: string, Body: string): Promise<string> {
  const Key = `bench/${name}.csv`;
  await clients.s3.send(new PutObjectCommand({ Bucket: stack.outputs.ExportBucketName, Key, Body }));
  return Key;
}

async function work(stackOfTest: TestStack, size: (typeof SIZES)[Effort]): Promise<Spent> {
  const { outputs, url, region, credentials } = stackOfTest.stack;
  const nights: string[] = [];
  for (let night = 1; night <= size.nights; night += 1) {
    nights.push(await upload(stackOfTest, `night-${night}`, exportOf({ rows: size.rows, night, churn: 100 })));
  }
  const input: WorkerInput = {
    firstHundred: await upload(stackOfTest, 'first', exportOf({ rows: FIRST, prefix: 'F' })),
    nights,
    unchangedRounds: size.unchangedRounds,
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
  const { stdout } = await promisify(execFile)(process.execPath, [await heapOption(), WORKER, JSON.stringify(input)], {
    env,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Spent;
}

/** The heap that the deployed worker has. */
async function heapOption(): Promise<string> {
  const mib = (await readDeployed()).memoryGb('SyncChunk') * 1024;
  return `--max-old-space-size=${Math.floor(mib * HEAP_SHARE)}`;
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
