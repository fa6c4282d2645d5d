import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../functions/shared/clock.ts';
import { readRunProgress } from '../../functions/shared/run-progress.ts';
import { exportCsv } from '../../samples/export-csv.ts';
import { type Called, commandLine } from '../helpers/command-line.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { type Step, transcript } from './transcript.ts';

const PAGE = 'docs/operations.md';
const BEGIN = '<!-- story: written by `npx vitest run test/docs/story.test.ts -u` -->';
const END = '<!-- end of the story -->';
const QUOTA = 160;
const NIGHT = { rows: 2_000, seed: 1, churn: 1 };

let test: TestStack;
let call: ReturnType<typeof commandLine>;
const steps: Step[] = [];
beforeAll(async () => {
  // Faster than the plan, so that nothing is throttled.
  test = await startTestStack({ quota: QUOTA, settings: { putRatePerSecond: 4 * QUOTA } });
  call = commandLine(test);
  for (const night of [1, 2]) {
    await writeFile(join(test.folder, `night-${night}.csv`), Readable.from(exportCsv({ ...NIGHT, night })));
  }
});
afterAll(() => test.stop());

/** Calls the program as it is typed, in the folder of the test. */
async function type(line: string, shows?: 'progress'): Promise<Called> {
  const args = line.split(' ').map((word) => (/\.csv$/.test(word) ? join(test.folder, word) : word));
  const called = await call(args);
  steps.push({ call: line, called, ...(shows && { shows }) });
  return called;
}

const remark = (words: string): number => steps.push({ remark: words });

/** Until some of the run's rows have arrived. */
async function untilAtWork(runId: string): Promise<void> {
  const { clients, outputs } = test.connected;
  for (;;) {
    const { synced, totalRows = 0 } = await readRunProgress(clients.dynamo, outputs.RunTableName, runId);
    if (synced > 0 && synced < totalRows / 2) return;
    await systemClock.sleep(20);
  }
}

/** Corrects what can be corrected; the other rows are left out. */
async function correct(name: string): Promise<void> {
  const path = join(test.folder, name);
  const [header = [], ...rows] = parse(await readFile(path), { relax_column_count: true }) as string[][];
  const set = (row: string[], column: string, to: (value: string) => string): string[] =>
    row.map((value, index) => (header[index] === column ? to(value) : value));
  const corrections: Readonly<Record<string, (row: string[]) => string[]>> = {
    TOO_LONG: (row) => set(row, 'address_1', (address) => address.slice(0, 50)),
    BAD_UPDATED_AT: (row) => set(row, 'updated_at', () => '2026-03-30T18:00:00+09:00'),
    MISSING_VALUE: (row) => set(row, 'last_name', () => 'Sato'),
  };
  const corrected = rows.flatMap((row) => {
    const correction = corrections[row[1] ?? ''];
    return correction ? [correction(row)] : [];
  });
  await writeFile(path, stringify([header, ...corrected], { record_delimiter: '\r\n' }));
}

it(`the story in ${PAGE} is what the commands print`, async () => {
  const { iam } = test.stack;
  const policies = iam.policies();

  const uploaded = await type('upload night-1.csv --as-of 2026-03-31T01:00:00+09:00');
  const [runId = ''] = /[0-9a-f-]{36}_[0-9a-f-]{36}/.exec(uploaded.stdout) ?? [];
  const run = runId.slice(0, 8);
  const watching = type('watch', 'progress');
  await untilAtWork(runId);
  iam.putPolicies(
    policies.map((policy) => ({
      ...policy,
      document: JSON.parse(JSON.stringify(policy.document).replaceAll('profile:PutProfileObject', 'profile:GetDomain')),
    })),
  );
  remark('While it is at work, a deployment takes from the role of SyncChunk what it needs to send.');
  const [told] = steps.splice(-1);
  expect((await watching).code).toBe(2);
  const [watched] = steps.splice(-1);
  for (const step of [told, watched]) if (step) steps.push(step);
  iam.putPolicies(policies);

  remark('The permission is deployed again.');
  expect((await type(`redrive ${run}`, 'progress')).code).toBe(0);
  await type(`report ${run}`);
  await type(`rejected ${run}`);
  await type(`rejected ${run} --out corrected.csv`);
  await correct('corrected.csv');
  remark('In corrected.csv two addresses are shortened, a time and a last name filled in; the other rows are deleted.');
  const resubmitted = await type(`resubmit corrected.csv --of ${run}`);
  const [correction = ''] = /[0-9a-f-]{36}_[0-9a-f-]{36}(?= started)/.exec(resubmitted.stdout) ?? [];
  expect((await type(`watch ${correction.slice(0, 8)}`)).stdout).toMatch(/synced +4 accepted/);
  expect((await type('explain C-900000005')).stdout).toContain('The profile holds it.');
  expect((await type('plan night-2.csv --as-of 2026-04-01T01:00:00+09:00')).stdout).toMatch(/synced +2\d to be sent/);
  await type('runs');
  const executionArn = test.connected.outputs.StateMachineArn.replace(':stateMachine:', ':execution:');
  const { redriveCount } = await test.clients.sfn.send(
    new DescribeExecutionCommand({ executionArn: `${executionArn}:${runId}` }),
  );
  expect(redriveCount).toBe(1);

  const page = await readFile(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  expect(after, `${PAGE} needs the lines ${BEGIN} and ${END}`).toBeDefined();
  const written = `${before}${BEGIN}\n\n${transcript(steps, test.folder)}\n\n${END}${after}`;
  await expect(written).toMatchFileSnapshot(join(process.cwd(), PAGE));
});
