import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createS3 } from '../../../local/s3/s3.ts';
import { serve } from '../../helpers/serve.ts';
import { startTables, TABLES } from '../../helpers/tables.ts';
import { EXPORTS, RUNS } from './buckets.ts';

const CHILD = join(import.meta.dirname, 'large-export-child.ts');

/** 2 GB, made while they are read: nothing of it is on a disk. */
const ROWS = 10_000_000;
/** Keys begin again behind these, with the same time, so that the later rows supersede the first million. */
const KEYS = 9_000_000;
const HEADER = 'id,name,email,changed,note\n';
const DIGITS = 8;
/** 200 bytes. */
const ROW = `00000000,"Yamada, ""Taro""",taro@example.com,2026-11-03T09:30:00+09:00,xx${'山'.repeat(42)}\n`;
const ROW_BYTES = Buffer.byteLength(ROW);
const ROWS_PER_BLOCK = 5_000;

/** Sizes of the exports that are not in the store. */
const SIZES: Readonly<Record<string, number>> = {
  'large.csv': HEADER.length + ROWS * ROW_BYTES,
  'too-large.csv': 30_000_000_001,
};

function* largeExport(): Generator<Buffer> {
  yield Buffer.from(HEADER);
  const template = Buffer.from(ROW.repeat(ROWS_PER_BLOCK));
  for (let first = 0; first < ROWS; first += ROWS_PER_BLOCK) {
    for (let row = 0; row < ROWS_PER_BLOCK; row++) {
      let number = (first + row) % KEYS;
      for (let digit = DIGITS - 1; digit >= 0; digit--, number = Math.floor(number / 10)) {
        template[row * ROW_BYTES + digit] = 0x30 + (number % 10);
      }
    }
    yield Buffer.from(template);
  }
}

async function answer(response: ServerResponse, name: string, method: string | undefined): Promise<void> {
  response.writeHead(200, {
    'content-length': SIZES[name] ?? 0,
    etag: '"large"',
    'x-amz-version-id': 'v1',
    'last-modified': new Date('2026-11-03T00:00:00Z').toUTCString(),
  });
  if (method === 'HEAD') response.end();
  else await pipeline(Readable.from(largeExport()), response);
}

let directory: string;
let served: Awaited<ReturnType<typeof serve>>;
let tables: Awaited<ReturnType<typeof startTables>>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'large-export-'));
  const s3 = createS3({ directory, onEvent: () => {} });
  s3.createBucket(EXPORTS, { versioned: true, eventBridge: false });
  s3.createBucket(RUNS, { versioned: false, eventBridge: false });
  tables = await startTables();
  served = await serve({
    ...s3,
    close: () => s3.close(),
    async handle(request, response, caller) {
      const name = Object.keys(SIZES).find((one) => request.url?.startsWith(`/${EXPORTS}/exports/${one}`));
      if (name === undefined) await s3.handle(request, response, caller);
      else await answer(response, name, request.method);
    },
  });
});
afterAll(async () => {
  await served.close();
  await tables.stop();
  rmSync(directory, { recursive: true });
});

async function split(key: string): Promise<string> {
  const { hostname, port = 80 } = (await tables.client.config.endpoint?.()) ?? {};
  const dynamoEndpoint = `http://${hostname}:${port}`;
  const args = [CHILD, served.endpoint, dynamoEndpoint, EXPORTS, key, RUNS, TABLES.run];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

it('an export of 2 GB is split with less than 200 MB of memory, and every row and repeated key is found', async () => {
  const { peakMb, ...found } = JSON.parse(await split('exports/large.csv'));
  expect(found).toMatchObject({ rows: ROWS, duplicates: ROWS - KEYS });
  expect(peakMb).toBeLessThan(200);
});

it('an export that one pass can not read in time is refused before it is read', async () => {
  await expect(split('exports/too-large.csv')).rejects.toThrow(
    /ExportTooLarge: The export has 30.1 GB; one run reads up to 30 GB\. Split it/,
  );
});
