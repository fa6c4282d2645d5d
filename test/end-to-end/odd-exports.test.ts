import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateGetExecutionHistory, paginateListExecutions, paginateListMapRuns } from '@aws-sdk/client-sfn';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MARK, REFUSED } from '../functions/split-export/odd-exports.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const MAPPING = {
  objectType: { name: 'Odd', description: 'Customers of odd exports', expirationDays: 30 },
  exports: { contains: 'changes' },
  customerKey: { field: 'id', keyName: 'oddId' },
  fields: [
    { name: 'id', column: 'id', required: true },
    { name: 'name', column: 'name', target: '_profile.FirstName' },
    { name: 'email', column: 'email', target: '_profile.EmailAddress', contentType: 'EMAIL_ADDRESS' },
  ],
};
const HEADER = 'id,name,email,note\n';
const AT_ONCE = 4;

let test: TestStack;
beforeAll(async () => {
  const mapping = join(tmpdir(), `odd-mapping-${process.pid}.json`);
  await writeFile(mapping, JSON.stringify(MAPPING));
  test = await startTestStack({ quota: 150, mapping, settings: { latencyMs: { median: 20, spread: 0.3 } } });
});
afterAll(() => test.stop());

it('a refused export fails its run in words: what, where and what to do', async () => {
  const waiting = REFUSED.entries();
  const refuse = async () => {
    for (const [index, { what, suffix = '.csv', content, says }] of waiting) {
      const result = await test.sync(`refused-${index}${suffix}`, content);
      if (!('errors' in result)) throw new Error(`The export with ${what} was taken.`);
      const [error] = result.errors;
      expect([result.status, error?.name], what).toEqual(['FAILED', 'InvalidExport']);
      expect(error?.message, what).toMatch(says);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, refuse));
});

it('rows that are no records are rejected one by one, and the others arrive', async () => {
  const rows = [
    `A1,${MARK},a@example.com,ok`,
    `A2,${MARK}`,
    `A3,${MARK},a@example.com,ok,${MARK}`,
    `,${MARK},a@example.com,no key`,
    `A4,${MARK.repeat(70_000)},a@example.com,a row of 1 MB`,
    `A7,${MARK}${',x'.repeat(1_000_000)}`,
    `A5,Ann,a@example.com,${MARK.repeat(70_000)}`,
    `A6,5" ${MARK},"a@example.com" x,stray quotes`,
  ];
  const { summary, rejected } = await test.succeed('rows.csv', `${HEADER}${rows.join('\r\n')}\r\n`);
  expect(summary).toMatchObject({ rows: 8, synced: 3, rejected: 5 });
  expect(summary.rejectedByCode).toEqual({ RAGGED_ROW: 3, MISSING_KEY: 1, TOO_LONG: 1 });
  const [, ...lines] = parse(await readFile(rejected ?? ''), { relax_column_count: true }) as string[][];
  expect(lines.map(([row, code]) => [row, code])).toEqual([
    ['3', 'RAGGED_ROW'],
    ['4', 'RAGGED_ROW'],
    ['5', 'MISSING_KEY'],
    ['6', 'TOO_LONG'],
    ['7', 'RAGGED_ROW'],
  ]);
  expect(lines.map((line) => line.slice(4).join(','))).toEqual(rows.slice(1, 6));
  expect((await profileOf('A6'))?.FirstName).toBe(`5" ${MARK}`);
});

it('JSON Lines: numbers keep their digits, the last of a repeated property counts, and what is no record is rejected', async () => {
  const lines = [
    `{"id":12345678901234567890,"name":1.50,"email":true,"other":{"${MARK}":[1,{}]}}`,
    `{"id":"B2","name":"first","name":"last"}`,
    `{"id":["B3"],"name":"${MARK}"}`,
    `{"id":"B4","name":{"${MARK}":1}}`,
    `{"id":"B5","name":"${MARK}"`,
    `["${MARK}"]`,
    `{"id":"B6","name":"${MARK}","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"id":"B7","name":"deep","x":${'['.repeat(500)}${']'.repeat(500)}}`,
  ];
  const { summary, rejected } = await test.succeed('lines.jsonl', lines.join('\n'));
  expect(summary).toMatchObject({ rows: 8, synced: 3, rejected: 5 });
  expect(summary.rejectedByCode).toEqual({ NOT_SCALAR: 2, NOT_JSON: 3 });
  const inFile = (await readFile(rejected ?? '', 'utf8')).trimEnd().split('\n');
  expect(inFile.map((line) => JSON.parse(line)._row)).toEqual([3, 4, 5, 6, 7]);
  expect(inFile.slice(2).map((line) => JSON.parse(line)._line)).toEqual(lines.slice(4, 7));
  expect(await profileOf('12345678901234567890')).toMatchObject({ FirstName: '1.50', EmailAddress: 'true' });
  expect((await profileOf('B2'))?.FirstName).toBe('last');
  expect((await profileOf('B7'))?.FirstName).toBe('deep');
});

it('100,000 ragged rows are all accounted for, and the rejected file is whole', async () => {
  const rows = Array.from({ length: 100_000 }, (_, n) => `C${n},${MARK}${n % 7 === 0 ? ',a,b,c' : ''}`);
  const { summary, rejected } = await test.succeed('ragged.csv', `${HEADER}${rows.join('\n')}\n`);
  expect(summary).toMatchObject({ rows: 100_000, rejected: 100_000, synced: 0, calls: 0, accounted: true });
  const [header, ...lines] = (await readFile(rejected ?? '', 'utf8')).trimEnd().split('\r\n');
  expect(header).toBe('_row,_code,_reason,_version,id,name,email,note');
  expect(lines.length).toBe(rows.length);
  const wrong = rows.filter(
    (row, n) => !lines[n]?.startsWith(`${n + 2},RAGGED_ROW,`) || !lines[n]?.endsWith(`,${row}`),
  );
  expect(wrong).toEqual([]);
});

it('a header alone is a run of 0 rows that succeeds, and its report says so', async () => {
  const { summary, runId } = await test.succeed('none.csv', HEADER);
  expect(summary).toMatchObject({ rows: 0, synced: 0, chunks: 0, accounted: true });
  expect(await runFile(`runs/${runId}/report.html`)).toContain(
    'The export has no rows. If that is a surprise, look at the export.',
  );
});

it.each(['two words.csv', 'a+b %20 100%.csv', '顧客データ（11月）.csv', "it's (new) & #1?.csv"])(
  'an export named %s starts its run and is found',
  async (name) => {
    const { summary } = await test.succeed(name, `${HEADER}D1,${name.length},,\n`);
    expect(summary).toMatchObject({ rows: 1, rejected: 0, export: { key: `exports/${name}` } });
  },
);

it('after all of these, no customer is in a log, history, notice, result, summary or report', async () => {
  const said = [
    ...(await logs()),
    ...(await histories()),
    ...(await runFiles()),
    JSON.stringify(test.stack.sns.notices()),
  ];
  const text = said.join('\n');
  // Each kind was really looked at.
  for (const kind of [
    'InvalidExport',
    'TaskSucceeded',
    '"superseded":[',
    '"rejectedByCode":{',
    '<!doctype html>',
    'RAGGED_ROW',
  ])
    expect(text).toContain(kind);
  expect(text.includes('MARK')).toBe(false);
  expect(text.includes('example.com')).toBe(false);
});

async function profileOf(id: string) {
  const [profile] = await findProfiles(test.stack, 'oddId', id);
  return profile;
}

async function logs(): Promise<string[]> {
  const folder = dirname(test.stack.logs.fileOf('any'));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
}

/** Descriptions and events of all executions, those of chunks included. */
async function histories(): Promise<string[]> {
  const { sfn } = test.clients;
  const texts: string[] = [];
  const read = async (source: { stateMachineArn?: string; mapRunArn?: string }): Promise<void> => {
    for await (const { executions = [] } of paginateListExecutions({ client: sfn }, source)) {
      for (const { executionArn } of executions) {
        for await (const page of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
          texts.push(JSON.stringify(page.events));
        }
        if (source.mapRunArn !== undefined) continue;
        for await (const { mapRuns = [] } of paginateListMapRuns({ client: sfn }, { executionArn })) {
          for (const { mapRunArn = '' } of mapRuns) await read({ mapRunArn });
        }
      }
    }
  };
  await read({ stateMachineArn: test.stack.outputs.StateMachineArn ?? '' });
  return texts;
}

async function runFile(Key: string): Promise<string> {
  const { Body } = await test.clients.s3.send(new GetObjectCommand({ Bucket: test.stack.outputs.RunBucketName, Key }));
  return (await Body?.transformToString()) ?? '';
}

/** All that runs left behind but the rejected rows. */
async function runFiles(): Promise<string[]> {
  const texts: string[] = [];
  const pages = paginateListObjectsV2({ client: test.clients.s3 }, { Bucket: test.stack.outputs.RunBucketName });
  for await (const { Contents = [] } of pages) {
    const keys = Contents.map(({ Key = '' }) => Key).filter((key) => !/\/rejected[./]/.test(key));
    for (const key of keys) texts.push(await runFile(key));
  }
  return texts;
}
