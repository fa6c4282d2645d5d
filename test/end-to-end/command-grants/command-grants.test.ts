import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploadExport } from '../../../cli/exports/upload.ts';
import { buildProgram } from '../../../cli/program.ts';
import { findStartedRun } from '../../../cli/runs/started-run.ts';
import type { PolicyModel } from '../../../local/cloudformation/model.ts';
import { PRODUCT, synthesize } from '../../../local/synth.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { startTestStack, TEMPLATES, type TestStack } from '../../helpers/stack.ts';
import { GRANTS, type Grant } from './grants.ts';

const MAPPING = 'test/end-to-end/command-grants/customers.json';
/** Access key of somebody whose grants the test gives and takes. */
const SOMEBODY = 'somebody';

const refusals: string[] = [];
let test: TestStack;
let policies: readonly PolicyModel[];
let call: ReturnType<typeof commandLine>;
/** A run that succeeded and rejected its third row. */
let good: string;

beforeAll(async () => {
  const app = { ...PRODUCT, file: 'test/end-to-end/command-grants/app.ts' };
  test = await startTestStack({
    quota: 50,
    cdkOut: await synthesize({ directory: TEMPLATES, context: {}, app }),
    mapping: MAPPING,
    timeScale: 0.02,
    onRefused: (message) => refusals.push(message),
  });
  policies = test.stack.iam.policies();
  const role = test.stack.outputs.grantOperateRole ?? '';
  test.stack.iam.bindKey(SOMEBODY, { role, service: 'ec2.amazonaws.com', session: SOMEBODY });
  const credentials = { accessKeyId: SOMEBODY, secretAccessKey: SOMEBODY };
  const { url, region } = test.stack;
  call = commandLine({ folder: test.folder, stack: { url, region, credentials } });
  file('event.json', '{"source":"crm","detail-type":"Customer Changed","detail":{"record":{"id":"E1","name":"Eve"}}}');
  good = (await test.sync('night.csv', 'id,name\nA1,Ann\nA2,\nA3,Amy\n')).runId;
});
afterAll(() => test.stop());

function file(name: string, content: string): string {
  const path = join(test.folder, name);
  writeFileSync(path, content);
  return path;
}

/** Gives somebody these grants and no others. */
function give(grants: readonly Grant[]): void {
  const nameOf = (grant: Grant) => (test.stack.outputs[`${grant}Role`] ?? '').split('/').at(-1) ?? '';
  const grantOf = ({ roles }: PolicyModel) => GRANTS.find((grant) => roles.includes(nameOf(grant)));
  const inForce = policies.map((policy) => {
    const grant = grantOf(policy);
    return grant ? { ...policy, roles: grants.includes(grant) ? [nameOf('grantOperate')] : [] } : policy;
  });
  test.stack.iam.putPolicies(inForce);
  refusals.length = 0;
}

/** Enough for several chunks. */
const NAMELESS = Array.from({ length: 300 }, (_, n) => `N${n},\n`).join('');

/** A run with chunks of rejected rows that were done, before the denied access of the last row ended it. */
async function failedRun(): Promise<string> {
  test.stack.customerProfiles.configure({ fault: { error: 'AccessDeniedException', extraLatencyMs: 1_000 } });
  const { runId } = await test.sync('failed.csv', `id,name\n${NAMELESS}F1,${Date.now()}\n`);
  test.stack.customerProfiles.configure({ fault: undefined });
  return runId;
}

/** A run with a deletion that waits for an approval. */
async function heldRun(): Promise<string> {
  return (await test.sync('held.csv', 'id,name\nH1,gone\n')).runId;
}

/** A run that does not get on: each of its calls takes seconds, and fails. */
async function runAtWork(): Promise<string> {
  test.stack.customerProfiles.configure({ fault: { error: 'InternalServerException', extraLatencyMs: 5_000 } });
  const { connected } = test;
  const { outputs } = connected;
  const target = { bucket: outputs.ExportBucketName, key: 'exports/slow.csv', metadata: {} };
  const uploaded = await uploadExport(connected, file('slow.csv', `id,name\nW1,${Date.now()}\n`), target);
  const run = await findStartedRun(test.clients.sfn, outputs.StateMachineArn, uploaded, connected);
  return run.slice(run.lastIndexOf(':') + 1);
}

const anExport = () => file('customers.csv', `id,name\nC1,${Date.now()}\n`);
const corrected = () => {
  const path = join(test.connected.runsFolder, good, 'rejected.csv');
  return file('corrected.csv', readFileSync(path, 'utf8').replace(/A2,/, `A2,Abe ${Date.now()}`));
};

/** How each command is called, by its words in the table. */
const CALLS: Readonly<Record<string, () => Promise<string[]> | string[]>> = {
  console: () => ['console', '--port', '0'],
  runs: () => ['runs'],
  watch: () => ['watch', good],
  redrive: async () => ['redrive', await failedRun()],
  approve: async () => ['approve', await heldRun()],
  stop: async () => ['stop', await runAtWork()],
  report: () => ['report', good, '--no-open'],
  rejected: () => ['rejected', good],
  explain: () => ['explain', 'A1'],
  'rate show': () => ['rate', 'show'],
  'rate set': () => ['rate', 'set', '40'],
  'rate reset': () => ['rate', 'reset'],
  pause: () => ['pause'],
  resume: () => ['resume'],
  plan: () => ['plan', anExport()],
  'test-row': () => ['test-row', anExport(), '--row', '2'],
  upload: () => ['upload', anExport()],
  'upload --no-wait': () => ['upload', anExport(), '--no-wait'],
  sync: () => ['sync', anExport()],
  'sync --resync': () => ['sync', anExport(), '--resync'],
  resubmit: () => ['resubmit', corrected(), '--of', good],
  'test-row --send': () => ['test-row', anExport(), '--row', '2', '--send'],
  'send-event': () => ['send-event', join(test.folder, 'event.json')],
  'explain --row': () => ['explain', '--row', '2', '--of', good],
  'rejected --out': async () => [
    ...['rejected', await failedRun()],
    ...['--out', join(test.folder, `rejected-${Date.now()}.csv`)],
  ],
  'rejected --csv': async () => ['rejected', await failedRun(), '--csv'],
  forget: () => ['forget', 'A1', '--yes'],
};
/** Exit codes other than 0: a customer whom a call or a failed run was for a moment ago may come back. */
const ENDS: Readonly<Record<string, number>> = { forget: 2 };
/** They work on no stack, or on the embedded one alone. */
const WITHOUT_STACK = ['errors', 'start'];

/** Commands and grants of the table in docs/security.md. */
function documented(): [command: string, grants: Grant[]][] {
  const page = readFileSync('docs/security.md', 'utf8');
  const [, table = ''] = page.split('| command | grants |\n');
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, commands = '', named = ''] = row.split('|');
    const grants = GRANTS.filter((grant) => named.includes(`\`${grant}\``));
    return [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']): [string, Grant[]] => [command, grants]);
  });
}

/** All that the page of the console asks for, then Ctrl-C. */
async function useConsole(args: readonly string[]) {
  const interrupt = new AbortController();
  const refused: string[] = [];
  const onOutput = async (text: string) => {
    const link = /http:\S+/.exec(text)?.[0];
    if (link === undefined) return;
    const landed = await fetch(link, { redirect: 'manual' });
    const cookie = landed.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ofRuns = ['', '/machine', '/history', '/rejected', '/redrive'].map((view) => `/api/runs/${good}${view}`);
    const others = ['stack', 'now', 'notices', 'runs', 'customers?search=A1'].map((view) => `/api/${view}`);
    const files = ['report.html', 'rejected-file', 'summary.json'].map((name) => `/runs/${good}/${name}`);
    for (const path of [...others, ...ofRuns, ...files]) {
      const { status } = await fetch(new URL(path, link), { headers: { cookie } });
      if (status !== 200) refused.push(`${path}: ${status}`);
    }
    interrupt.abort();
  };
  const called = await call(args, { signal: interrupt.signal, onOutput });
  expect(refused).toEqual([]);
  return called;
}

async function play(command: string, grants: readonly Grant[]) {
  give(GRANTS);
  const args = (await CALLS[command]?.()) ?? [];
  give(grants);
  const whole = [...args, '--stack', 'Granted', '--mapping', MAPPING];
  const called = command === 'console' ? await useConsole(whole) : await call(whole);
  test.stack.customerProfiles.configure({ fault: undefined });
  return called;
}

describe('the table of commands and grants in docs/security.md', () => {
  it('has every command', () => {
    const surroundings = { stdout: process.stdout, stderr: process.stderr, env: {}, stateDirectory: '' };
    const cli = { ...surroundings, signal: AbortSignal.any([]), onStack: async () => {}, print: () => {} };
    const names = buildProgram(cli).commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
    );
    const played = documented().map(([command]) => command);
    expect(played.sort()).toEqual(Object.keys(CALLS).sort());
    expect(names.filter((name) => ![...played, ...WITHOUT_STACK].includes(name))).toEqual([]);
  });

  it.each(documented())('%s goes well with exactly %j', async (command, grants) => {
    const { code, stderr } = await play(command, grants);
    expect(refusals).toEqual([]);
    expect(code, stderr).toBe(ENDS[command] ?? 0);
  });

  it('says what nothing goes without', async () => {
    const { code, stderr } = await play('runs', []);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/DescribeStacks.*\n.*grantOperate/)]);
    expect(documented().filter(([, grants]) => !grants.includes('grantOperate'))).toEqual([]);
  });

  const oneLess = documented().flatMap(([command, grants]) =>
    grants.length === 1
      ? []
      : grants.map((missing) => [command, missing, grants.filter((grant) => grant !== missing)] as const),
  );
  it.each(oneLess)('%s is refused something without %s', async (command, _missing, grants) => {
    const { code } = await play(command, grants);
    expect(code).not.toBe(0);
    expect(refusals).not.toEqual([]);
  });
});
