import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { exportCsv } from '../../samples/export-csv.ts';
import { commandLine } from '../helpers/command-line.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';
import { transcript } from './transcript.ts';

const PAGE = 'docs/commands.md';
const BEGIN = '<!-- commands: written by `npx vitest run test/docs/commands.test.ts -u` -->';

let test: TestStack;
let call: ReturnType<typeof commandLine>;
/** Beginnings of the names of a run that succeeded, one that failed for its export, and one at work. */
const run = { good: '', bad: '', atWork: '' };

beforeAll(async () => {
  test = await startTestStack({ quota: 200 });
  call = commandLine(test);
  const file = (name: string, content: string) => writeFile(join(test.folder, name), content);
  const [customers, changed] = [1, 2].map((night) => [...exportCsv({ rows: 400, seed: 1, churn: 5, night })].join(''));
  if (!customers || !changed) throw new Error('Two nights have two exports.');
  const [header = ''] = customers.split('\n');
  await file('customers.csv', customers);
  await file('changed.csv', changed);
  await file('customers.txt', customers);
  await file('no-header.csv', customers.slice(header.length + 1));
  await file('old-names.csv', customers.replace('customer_id', 'id'));
  await file('event.json', JSON.stringify({ source: 'crm.example', 'detail-type': 'Customer Changed', detail: {} }));
  await file('broken.json', '{"source": "crm.example",');

  const name = ({ runId }: { runId: string }): string => runId.slice(0, 8);
  run.good = name(await test.succeed('customers.csv', customers));
  run.bad = name(await test.sync('old-names.csv', customers.replace('customer_id', 'id')));
  await type(`rejected ${run.good} --out rejected.csv`);
  const rejected = await readFile(join(test.folder, 'rejected.csv'), 'utf8');
  await file('edited.csv', rejected.replace(/(\r\n\d+,\w+,[^Z]*)Z/, '$1X'));
  await type('pause');
  const uploaded = await type('upload changed.csv');
  run.atWork = /[0-9a-f]{8}(?=-\S+ started)/.exec(uploaded.stdout)?.[0] ?? '';
});
afterAll(async () => {
  await type(`stop ${run.atWork}`);
  await test.stop();
});

/** Calls the program as it is typed, in the folder of the test. */
function type(line: string) {
  const words = line.match(/'[^']*'|\S+/g) ?? [];
  return call(
    words.map((word) => (/\.(csv|txt|json)$/.test(word) ? join(test.folder, word) : word.replaceAll("'", ''))),
  );
}

/** What people do wrong most often, by command. `RUN…` stand for the runs above. */
const MISTAKES: Readonly<Record<string, readonly string[]>> = {
  'test-row': ['test-row customers.csv', 'test-row customers.csv --row 1', 'test-row customers.csv --row 4000'],
  plan: ['plan custmers.csv', 'plan no-header.csv', 'plan customers.csv --as-of 2026-03-31'],
  upload: ['upload customers.txt', 'upload old-names.csv', 'upload customers.csv --as-of yesterday'],
  sync: ['sync no-header.csv', 'sync customers.csv --quota 40', 'sync customers.csv --mapping mapping.json'],
  console: ['console --port 80000', 'console --stack Production', 'console --mapping mapping.json'],
  runs: ['runs --limit 0', 'runs --state broken', 'runs --stack Production'],
  watch: ['watch 00000000', 'watch GOOD ATWORK', 'watch --every 0'],
  approve: ['approve NOBODY', 'approve GOOD', 'approve ATWORK'],
  redrive: ['redrive GOOD', 'redrive BAD', 'redrive ATWORK'],
  stop: ['stop', 'stop GOOD', 'stop 00000000'],
  report: ['report', 'report 00000000', 'report GOOD --region --no-open'],
  rejected: ['rejected 00000000', 'rejected GOOD --code MISSING', 'rejected GOOD --limit all'],
  resubmit: [
    'resubmit rejected.csv',
    'resubmit rejected.csv --of GOOD',
    'resubmit customers.csv --of GOOD',
    'resubmit edited.csv --of GOOD',
  ],
  explain: ['explain', 'explain --row 48', 'explain --row 4000 --of GOOD'],
  forget: ['forget', "forget ''", 'forget C-0000001 --yes'],
  'rate show': ['rate', 'rate show 40', 'rate show --stack Production'],
  'rate set': ['rate set', 'rate set fast', 'rate set 5000'],
  'rate reset': ['rate reset 80', 'rate reset --local --region us-east-1', 'rate restet'],
  pause: ['pause 10', 'pause --local --stack ProfileSync', 'pause --for 10'],
  resume: ['resume 40', 'resume ATWORK', 'resume --stack Production'],
  'send-event': ['send-event events.json', 'send-event broken.json', 'send-event event.json'],
  errors: ['errors ACCESSDENIED', 'errors MISSING', 'errors MISSING KEY'],
  start: ['start --quota 4', 'start --stack Production', 'start --mapping mapping.json'],
};

/** Each command that does something, as it is called. */
function commands(): string[] {
  const surroundings = {
    stdout: process.stdout,
    stderr: process.stderr,
    env: {},
    stateDirectory: '',
    signal: AbortSignal.any([]),
  };
  const program = buildProgram({ ...surroundings, onStack: async () => {}, print: () => {} });
  return program.commands.flatMap((command) =>
    command.commands.length === 0 ? [command.name()] : command.commands.map((sub) => `${command.name()} ${sub.name()}`),
  );
}

it('every command has its three likeliest mistakes', () => {
  expect(Object.keys(MISTAKES).sort()).toEqual(commands().sort());
  for (const mistakes of Object.values(MISTAKES)) expect(mistakes.length).toBeGreaterThanOrEqual(3);
});

it('the table of the README has every command', async () => {
  const readme = await readFile('README.md', 'utf8');
  const [, table = ''] = /^## The commands$(.*?)^## /ms.exec(readme) ?? [];
  const listed = [...table.matchAll(/`([a-z][a-z -]*)`/g)].map(([, name]) => name);
  expect(listed).toEqual(expect.arrayContaining(commands()));
});

it(`${PAGE} has the help of every command, and what they say to mistakes`, async () => {
  const sections: string[] = [];
  for (const command of commands()) {
    const { stdout } = await type(`${command} --help`);
    const steps = [];
    for (const mistake of MISTAKES[command] ?? []) {
      const line = mistake.replace('GOOD', run.good).replace('BAD', run.bad).replace('ATWORK', run.atWork);
      const called = await type(line);
      expect(called.code, `${line}: ${called.stdout}`).not.toBe(0);
      expect(called.stderr).not.toMatch(/^ +at .*:\d+/m);
      steps.push({ call: line, called: { ...called, stderr: withoutHint(called.stderr) } });
    }
    sections.push(
      `## ${command}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n\nMistakes:\n\n${transcript(steps, test.folder)}\n`,
    );
  }
  const page = await readFile(PAGE, 'utf8');
  const [before, after] = page.split(BEGIN);
  expect(after, `${PAGE} needs the line ${BEGIN}`).toBeDefined();
  await expect(`${before}${BEGIN}\n\n${sections.join('\n')}`).toMatchFileSnapshot(join(process.cwd(), PAGE));
});

/** The last line of every wrong call says where the help is. */
function withoutHint(stderr: string): string {
  return stderr.replace(/See npx profile-sync .* for what it takes\.\n/, '');
}
