import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Access } from '../../../local/iam/access.ts';
import { createLogs } from '../../../local/logs/logs.ts';

const WORKER = { role: 'arn:aws:iam::000000000000:role/worker', service: 'lambda.amazonaws.com', session: 'worker' };
const GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:';
const METRIC = JSON.stringify({
  _aws: { CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [[]], Metrics: [{ Name: 'rows' }] }] },
  rows: 3,
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function logsFor(allowed: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'logs-'));
  folders.push(directory);
  const asked: string[] = [];
  const refuse = (_: unknown, { action, resource }: Access) => {
    asked.push(`${action} ${resource.replace(GROUP, '')}`);
    return allowed.includes(action) ? undefined : 'no';
  };
  return { asked, logs: createLogs({ directory, groups: ['made'], refuse }) };
}

it('whoever writes needs the right to make its stream once, and to put each line', () => {
  const { asked, logs } = logsFor(['logs:CreateLogStream', 'logs:PutLogEvents']);
  for (const line of ['one', METRIC]) logs.write('made', 'stream', line, WORKER);
  const stream = 'made:log-stream:stream';
  expect(asked).toEqual([
    `logs:CreateLogStream ${stream}`,
    `logs:PutLogEvents ${stream}`,
    `logs:PutLogEvents ${stream}`,
  ]);
  expect(readFileSync(logs.fileOf('made'), 'utf8')).toMatch(/\[stream\] one\n.*rows/);
  expect(logs.metrics.query({ name: 'rows' })).toMatchObject([{ sum: 3 }]);
});

it.each([['logs:CreateLogStream'], ['logs:PutLogEvents']])('without %s there is no log and no metric', (missing) => {
  const all = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  const { logs } = logsFor(all.filter((action) => action !== missing));
  logs.write('made', 'stream', METRIC, WORKER);
  expect(existsSync(logs.fileOf('made'))).toBe(false);
  expect(logs.metrics.query({})).toEqual([]);
});

it('a log group that the template does not make is made by the first writer, if it may', () => {
  const rights = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const may = logsFor([...rights, 'logs:CreateLogGroup']);
  for (const stream of ['a', 'b']) may.logs.write('other', stream, 'line', WORKER);
  expect(may.asked.filter((call) => call.startsWith('logs:CreateLogGroup'))).toEqual(['logs:CreateLogGroup other']);
  expect(existsSync(may.logs.fileOf('other'))).toBe(true);

  const mayNot = logsFor(rights);
  mayNot.logs.write('other', 'a', 'line', WORKER);
  expect(existsSync(mayNot.logs.fileOf('other'))).toBe(false);
});
