import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Upload } from '@aws-sdk/lib-storage';
import { MAX_COPY_BYTES } from '../../functions/split-export/limits.ts';
import { encoder, packer, type SampleEncoding } from '../../samples/encode.ts';
import { EXPORTS, RUNS, startBuckets } from '../../test/functions/split-export/buckets.ts';
import { startTables, TABLES } from '../../test/helpers/tables.ts';
import type { Bar, Bench, Effort, Line } from '../bench.ts';
import { figure } from '../figures.ts';
import { runBundled } from './child.ts';
import { type ExportType, type LargeExport, largeExport } from './large-export.ts';
import type { Passes } from './passes.ts';

const MB = 1e6;
const TYPE_WORDS: Readonly<Record<ExportType, string>> = { csv: 'CSV', jsonl: 'JSON Lines' };

/** The bars of the design: MB/s on a local file, and MB of memory for an export of any size. */
const SPEED_BAR = 200;
const MEMORY_BAR = 200;
/** MB/s of text that the largest export needs which is packed or in another encoding, in Lambda's 900 s, with a factor of safety of 2. */
const COPY_SPEED = (2 * MAX_COPY_BYTES) / MB / 900;
const REACHED: Bar = { is: 'at least', ratio: 1 };
const WITHIN: Bar = { is: 'at most', ratio: 1 };

interface Settings {
  readonly bytes: number;
  /** Of the exports whose peak of memory is measured. */
  readonly memoryBytes: readonly number[];
  /** Of the text of exports that are packed or in another encoding. */
  readonly copiedBytes: number;
  readonly warmUps: number;
  readonly passes: number;
}

const SETTINGS: Readonly<Record<Effort, Settings>> = {
  quick: { bytes: 50 * MB, memoryBytes: [50 * MB], copiedBytes: 50 * MB, warmUps: 1, passes: 5 },
  full: { bytes: 100 * MB, memoryBytes: [100 * MB, 2_000 * MB], copiedBytes: 400 * MB, warmUps: 2, passes: 31 },
};

export const splitting: Bench = {
  name: 'splitting',
  title: 'Splitting an export into chunks',
  async measure(effort, say) {
    const { bytes, memoryBytes, copiedBytes, warmUps, passes } = SETTINGS[effort];
    const lines: Line[] = [];
    for (const type of ['csv', 'jsonl'] as const) {
      say(`${sizeText(bytes)} of ${TYPE_WORDS[type]} from a local file`);
      lines.push(...(await localLines(type, bytes, warmUps, passes)));
    }
    const s3 = await startS3();
    try {
      say(`${sizeText(bytes)} of CSV from the embedded S3`);
      lines.push(await s3Line(s3, bytes, warmUps, passes));
      for (const size of memoryBytes) {
        say(`the memory for ${sizeText(size)} of CSV`);
        lines.push(await memoryLine(s3, size));
      }
      for (const form of FORMS) {
        say(`${sizeText(copiedBytes)} of ${form.what}`);
        lines.push(...(await copiedLines(s3, copiedBytes, form)));
      }
    } finally {
      await s3.stop();
    }
    return {
      settings: [
        `The exports have the sample's columns, values in quotes, repeated customers and bad rows; 10,000 rows are repeated with other customers' keys, and the mapping is mappings/customer.json.`,
        `Speed: a process of its own that runs the code bundled as the function is, ${warmUps} passes to warm up, then the fastest of ${passes}, since what else the machine does only ever adds to one; each pass comes behind a plain read of the same bytes, in blocks of the same size (64 KiB), that looks at none of them. The file is in the page cache.`,
        'From a local file: the scan alone, all that SplitExport does with the bytes. From the embedded S3: splitExport as a whole, over HTTP, chunks.jsonl and the note of the run included.',
        `Packed, or in another encoding: one pass of ${sizeText(copiedBytes)} of text in a cold process; the text in UTF-8 is uploaded meanwhile, to the same embedded S3.`,
        'Memory: the largest resident set of a process that splits one export from the embedded S3 once, as a cold function does.',
      ],
      lines,
    };
  },
};

async function localLines(type: ExportType, bytes: number, warmUps: number, passes: number): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-splitting-'));
  try {
    const file = join(directory, `export.${type}`);
    const large = largeExport(type, bytes);
    await writeFile(file, large.blocks());
    const { read, split } = await measured(large, 'scan-child', directory, [file, warmUps, passes]);
    const what = `scan of ${sizeText(bytes)} of ${TYPE_WORDS[type]}, local file`;
    const speed = large.bytes / MB / split;
    const ours = `${figure(speed)} MB/s`;
    return [
      { what, ours, against: `bar ${SPEED_BAR} MB/s`, ratio: speed / SPEED_BAR, bar: REACHED },
      { what, ours, against: `plain read ${speedText(large, read)}`, ratio: read / split },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function s3Line(s3: S3, bytes: number, warmUps: number, passes: number): Promise<Line> {
  const large = largeExport('csv', bytes);
  const { read, split } = await measured(large, 'split-child', s3.directory, [
    ...(await s3.upload(large)),
    warmUps,
    passes,
  ]);
  return {
    what: `splitExport of ${sizeText(bytes)} of CSV, embedded S3`,
    ours: speedText(large, split),
    against: `plain download ${speedText(large, read)}`,
    ratio: read / split,
  };
}

async function memoryLine(s3: S3, bytes: number): Promise<Line> {
  const large = largeExport('csv', bytes);
  const { peakMb } = await measured(large, 'split-child', s3.directory, [...(await s3.upload(large)), 0, 1]);
  return {
    what: `peak memory of splitExport, ${sizeText(bytes)} of CSV`,
    ours: `${figure(peakMb)} MB`,
    against: `bar ${MEMORY_BAR} MB`,
    ratio: peakMb / MEMORY_BAR,
    bar: WITHIN,
  };
}

/** An export that chunks can't point at: SplitExport keeps its text in UTF-8. */
interface Form {
  readonly what: string;
  readonly suffix: string;
  readonly encoding: SampleEncoding;
}

const FORMS: readonly Form[] = [
  { what: 'CSV in gzip', suffix: '.csv.gz', encoding: 'utf-8' },
  { what: 'CSV in zstd', suffix: '.csv.zst', encoding: 'utf-8' },
  { what: 'CSV in UTF-16', suffix: '.csv', encoding: 'utf-16' },
  { what: 'CSV in Shift_JIS', suffix: '.csv', encoding: 'shift_jis' },
];

async function copiedLines(s3: S3, bytes: number, form: Form): Promise<Line[]> {
  const large = largeExport('csv', bytes, form.encoding);
  const mapped = form.encoding === 'shift_jis' ? [form.encoding] : [];
  const { split, peakMb } = await measured(large, 'split-child', s3.directory, [
    ...(await s3.upload(large, form)),
    0,
    1,
    ...mapped,
  ]);
  const what = `${sizeText(bytes)} of ${form.what}`;
  return [
    {
      what: `splitExport of ${what}, embedded S3`,
      ours: `${speedText(large, split)} of text`,
      against: `Lambda's time for ${MAX_COPY_BYTES / 1e9} GB: ${figure(COPY_SPEED)} MB/s`,
      ratio: large.bytes / MB / split / COPY_SPEED,
      bar: REACHED,
    },
    {
      what: `peak memory of splitExport, ${what}`,
      ours: `${figure(peakMb)} MB`,
      against: `bar ${MEMORY_BAR} MB`,
      ratio: peakMb / MEMORY_BAR,
      bar: WITHIN,
    },
  ];
}

/** A speed is only worth telling of a pass that found every row. */
async function measured({ rows }: LargeExport, ...child: Parameters<typeof runBundled>): Promise<Passes> {
  const passes = await runBundled(...child);
  if (passes.rows !== rows) throw new Error(`${child[0]} found ${passes.rows} rows instead of ${rows}.`);
  return passes;
}

interface S3 {
  readonly directory: string;
  /** Returns where the export and all that splitExport needs is, as the child takes it. */
  upload(large: LargeExport, form?: Pick<Form, 'suffix' | 'encoding'>): Promise<string[]>;
  stop(): Promise<void>;
}

async function startS3(): Promise<S3> {
  const buckets = await startBuckets();
  const tables = await startTables();
  const { hostname, port } = (await tables.client.config.endpoint?.()) ?? {};
  return {
    directory: buckets.directory,
    async upload(large, { suffix, encoding } = { suffix: '.csv', encoding: 'utf-8' }) {
      const Key = `exports/${large.bytes}-${encoding}${suffix}`;
      const Body = packer(Key);
      const packing = pipeline(textOf(large), encoder(encoding), Body);
      await new Upload({ client: buckets.s3, params: { Bucket: EXPORTS, Key, Body } }).done();
      await packing;
      return [buckets.endpoint, `http://${hostname}:${port}`, EXPORTS, Key, RUNS, TABLES.run];
    },
    async stop() {
      await buckets.stop();
      await tables.stop();
    },
  };
}

function* textOf(large: LargeExport): Generator<string> {
  for (const block of large.blocks()) yield block.toString();
}

function speedText({ bytes }: LargeExport, seconds: number): string {
  return `${figure(bytes / MB / seconds)} MB/s`;
}

function sizeText(bytes: number): string {
  return bytes >= 1_000 * MB ? `${bytes / MB / 1_000} GB` : `${bytes / MB} MB`;
}
