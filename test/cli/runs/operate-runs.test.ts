import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClients } from '../../../cli/connect/clients.ts';
import { shortRun } from '../../../cli/output/words.ts';
import { findExecution } from '../../../cli/runs/find-run.ts';
import { followRun } from '../../../cli/runs/follow-run.ts';
import { jsonLines } from '../../../cli/runs/progress-display.ts';
import { redrive } from '../../../cli/runs/redrive-run.ts';
import { runToWatch } from '../../../cli/runs/run-to-watch.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { smallExport, smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';
import { workersEnded } from '../../helpers/workers.ts';

const QUOTA = 100;
const ROWS = 300;
/** Whenever a run starts, its deadline is still to come. */
const SCHEDULE = { exportBy: '00:00', doneBy: '23:59', timeZone: 'UTC' };

let test: TestStack;
let profileSync: ReturnType<typeof commandLine>;
beforeAll(async () => {
  const settings = { latencyMs: { median: 20, spread: 0.2 } };
  const mapping = smallMappingFile();
  test = await startTestStack({ quota: QUOTA, mapping, schedule: SCHEDULE, settings, timeScale: 0.05 });
  profileSync = commandLine(test);
});
afterAll(() => test.stop());
afterEach(() => breakDown(undefined));

const breakDown = (error: Fault['error'] | undefined) =>
  test.stack.customerProfiles.configure({ fault: error && { error } });
const accepted = () => test.stack.customerProfiles.stats().accepted;
const until = async (condition: () => boolean) => {
  while (!condition()) await systemClock.sleep(5);
};

interface ListedRun {
  readonly runId: string;
  readonly status: string;
}

/** As `runs --json` has them. */
async function runs(...options: string[]): Promise<ListedRun[]> {
  return (await profileSync(['runs', '--json', ...options])).json<{ runs: ListedRun[] }>().runs;
}

/** Syncs an export of which a part is sent before every further row would fail. */
async function failingRun(name: string): Promise<string> {
  const before = accepted();
  const syncing = test.sync(name, smallExport(ROWS, 'First', name));
  await until(() => accepted() - before > ROWS / 2);
  breakDown('AccessDeniedException');
  const { runId, status } = await syncing;
  expect(status).toBe('FAILED');
  await workersEnded(test, runId);
  breakDown(undefined);
  return runId;
}

describe('without any run', () => {
  it.each([
    [['runs'], 0, 'There is no run. An upload starts one: npx profile-sync upload FILE'],
    [['runs', '--state', 'failed'], 0, 'No run is in the state failed.'],
    [['watch'], 1, 'There is no run to watch.'],
    [['watch', '91f'], 1, 'There is no run 91f.'],
    [['redrive', '91f'], 1, 'There is no run 91f.'],
    [['stop', '91f'], 1, 'There is no run 91f.'],
    [['runs', '--limit', '201'], 1, 'It must be a whole number from 1 to 200.'],
    [['runs', '--state', 'lost'], 1, 'Allowed choices are running, succeeded, failed, timed-out, stopped.'],
  ])('%j says so', async (args, exitCode, message) => {
    const { code, stdout, stderr } = await profileSync(args);
    expect(code).toBe(exitCode);
    expect(exitCode === 0 ? stdout : stderr).toContain(message);
  });
});

describe('a failed run', () => {
  let failed: string;
  beforeAll(async () => {
    failed = await failingRun('night.csv');
  });

  it('is in the list with its error, how far it came, and what its name begins with', async () => {
    const [run] = await runs();
    expect(run).toMatchObject({
      runId: failed,
      status: 'FAILED',
      error: 'ProfilesAccessDenied',
      export: `s3://${test.connected.outputs.ExportBucketName}/exports/night.csv`,
      totalRows: ROWS,
      resync: false,
      corrects: null,
    });
    const { stdout } = await profileSync(['runs', '--state', 'failed']);
    const [header, line, ...others] = stdout.trimEnd().split('\n');
    expect(header).toMatch(
      /^run +state +export +started +rows +synced +unchanged +stale +rejected +calls +duration +calls\/s$/,
    );
    expect(line).toMatch(new RegExp(`^${failed.slice(0, 8)}  failed: ProfilesAccessDenied  exports/night.csv `));
    expect(line).toMatch(/ \d+ of 300 /);
    expect(others).toEqual([]);
    expect(await runs('--state', 'succeeded')).toEqual([]);
  });

  it('is asked for what a redrive would do; nothing is done', async () => {
    const { code, stdout } = await profileSync(['redrive', failed.slice(0, 8), '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${failed}, failed: exports/night.csv, started `);
    expect(stdout).toContain('  ProfilesAccessDenied: Customer Profiles refused the function that sends (403)');
    expect(stdout).toMatch(/What runs again\n {2}of \d+ chunks: .*that failed/);
    expect(stdout).toMatch(/ {2}\d+ of 300 rows have no outcome yet; what has arrived is not sent again\n/);
    expect(stdout).toMatch(/It can be redriven until \d{4}-\d\d-\d\d/);
    expect(stdout).not.toContain('Later exports');
    expect(await runs('--state', 'running')).toEqual([]);
  });

  it('is redriven with a word about the later export that ran since', async () => {
    await test.succeed('next.csv', smallExport(5, 'Second'));
    const before = accepted();
    const { code, stdout } = await profileSync(['redrive', failed]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Later exports\n {2}run \S+ synced exports\/next.csv of \d{4}-\d\d-\d\dT\S+Z\n/);
    expect(stdout).toContain(`Run ${failed} redriven: only what did not succeed runs again.\n`);
    expect(stdout).toContain(`Run ${failed} succeeded.\n`);
    expect(accepted() - before).toBeLessThan(ROWS);
    const listed = await runs();
    expect(listed.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(listed[1]).toMatchObject({ runId: failed, rows: ROWS, redrivenAt: expect.any(String) });
  });

  it('that succeeded by now is not redriven again, and not stopped', async () => {
    const redriven = await profileSync(['redrive', failed]);
    expect(redriven.code).toBe(1);
    expect(redriven.stderr).toContain(`Run ${failed} succeeded: there is nothing to redrive.`);
    expect(redriven.stderr).toContain('upload it again: rows that were synced cost no call');
    const stopped = await profileSync(['stop', failed]);
    expect([stopped.code, stopped.stdout]).toEqual([1, '']);
    expect(stopped.stderr).toContain(`Run ${failed} has ended: succeeded. Only a run at work can be stopped`);
  });
});

describe('a run whose error comes again', () => {
  it('is redriven only by somebody who says so', async () => {
    const { runId } = await test.sync('headless.csv', 'number,name\n1,Ann\n');
    const refused = await profileSync(['redrive', runId]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`A redrive does not help run ${runId}, which failed with InvalidExport.`);
    expect(refused.stderr).toContain(`npx profile-sync redrive ${shortRun(runId)} --yes`);

    const dry = await profileSync(['redrive', runId, '--dry-run', '--json']);
    expect(dry.json()).toMatchObject({ runId, remedy: 'correct and upload again', chunks: null, totalRows: null });

    const again = await profileSync(['redrive', runId, '--yes', '--json']);
    expect(again.code).toBe(2);
    expect(again.json()).toMatchObject({ runId, status: 'FAILED', errors: [{ name: 'InvalidExport' }] });
  });
});

describe('a run at work', () => {
  let running: string;
  let syncing: ReturnType<TestStack['sync']>;
  beforeAll(async () => {
    const before = accepted();
    syncing = test.sync('long.csv', smallExport(ROWS, 'First', 'L'));
    await until(() => accepted() - before > ROWS / 3);
    await profileSync(['pause']);
    const [run] = await runs('--state', 'running');
    running = run?.runId ?? '';
  });

  it('is watched until Ctrl-C, which leaves it alone', async () => {
    const interrupted = new AbortController();
    const { code, stdout } = await profileSync(['watch'], {
      signal: interrupted.signal,
      onOutput: (text) => text.includes('rows') && interrupted.abort(),
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^\d+ of 300 rows: chunks \d+ of \d+ done/);
    expect(stdout).toMatch(
      /synced \d+, unchanged 0, stale 0, rejected 0, about \d+ calls\/s, limit 0 of 100 calls\/s \(paused\)/,
    );
    expect(stdout).toMatch(/standing still, deadline \d{4}-\d\d-\d\d \d\d:59:00 will be missed\n/);
    expect(stdout).toContain(
      `Run ${running} goes on. To look at it again: npx profile-sync watch ${shortRun(running)}; to stop it: npx profile-sync stop ${shortRun(running)}\n`,
    );
    expect((await runs('--state', 'running')).map(({ runId }) => runId)).toEqual([running]);
  });

  it('is watched by programs as objects, one a line', async () => {
    const interrupted = new AbortController();
    let objects = 0;
    const { code, stdout, stderr } = await profileSync(['watch', running, '--json', '--every', '1'], {
      signal: interrupted.signal,
      onOutput: () => {
        objects += 1;
        if (objects === 2) interrupted.abort();
      },
    });
    expect([code, stderr]).toEqual([130, expect.stringContaining('goes on')]);
    const [first, , last] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      ...{ runId: running, status: 'RUNNING', totalRows: ROWS, limit: 0, deployedLimit: QUOTA, paused: true },
      ...{ standsStill: true, endsAt: null, deadline: expect.stringContaining('T23:59:00.000Z'), meetsDeadline: false },
    });
    expect(last).toEqual({ runId: running, status: 'RUNNING' });
  });

  it('is read no more often than objects are asked for', async () => {
    const { url: endpoint, region, credentials } = test.stack;
    const clients = createClients({ endpoint, region, credentials });
    const interrupted = new AbortController();
    let [reads, looks] = [0, 0];
    clients.dynamo.middlewareStack.add(
      (next) => (args) => {
        reads += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    clients.sfn.middlewareStack.add(
      (next) => (args) => {
        looks += 1;
        if (looks === 6) interrupted.abort();
        return next(args);
      },
      { step: 'initialize' },
    );
    const stack = { ...test.connected, clients, endsWithCommand: false, signal: interrupted.signal };
    const { executionArn } = await findExecution(test.connected, running);
    const lines = new PassThrough();
    await followRun(executionArn, stack, jsonLines(lines, { everySeconds: 3_600, notes: stack.stream }));
    clients.destroy();
    expect(String(lines.read()).trimEnd().split('\n')).toHaveLength(1);
    // The progress, in one page, and the rate.
    expect(reads).toBe(2);
  });

  it('is not redriven', async () => {
    const { code, stderr } = await profileSync(['redrive', running]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`Run ${running} is at work: there is nothing to redrive.`),
    ]);
  });

  it('is stopped, and what it synced is kept', async () => {
    const { code, stdout } = await profileSync(['stop', running]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^Run ${running} is stopped. \\d+ of 300 rows have an outcome, and what was synced is kept.`),
    );
    expect(stdout).toContain(`To go on with the rest: npx profile-sync redrive ${shortRun(running)}\n`);
    expect((await syncing).status).toBe('ABORTED');
    const [stopped] = await runs('--state', 'stopped');
    expect(stopped).toMatchObject({ runId: running, status: 'ABORTED', error: null });
  });

  it('is redriven without waiting for its end, and watched to it', async () => {
    await profileSync(['resume']);
    const redriven = await profileSync(['redrive', running, '--no-follow', '--json']);
    expect([redriven.code, redriven.json()]).toEqual([0, { runId: running, status: 'RUNNING' }]);
    const watched = await profileSync(['watch', '--json']);
    expect(watched.code).toBe(0);
    expect(watched.json()).toMatchObject({ runId: running, status: 'SUCCEEDED', rows: ROWS, synced: ROWS });
    const ended = await profileSync(['watch', running]);
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringMatching(new RegExp(`^Run ${running} succeeded.\n`))]);
  });
});

describe('Ctrl-C where the run would end with the command', () => {
  it('stops the run, so that it can be redriven', async () => {
    await profileSync(['pause']);
    const syncing = test.sync('stopped.csv', smallExport(5, 'First', 'S'));
    while ((await runs('--state', 'running')).length === 0) await systemClock.sleep(50);
    const stack = { ...test.connected, signal: AbortSignal.abort() };
    const { runId, status } = await followRun(await runToWatch(undefined, stack), stack);
    expect(status).toBe('ABORTED');
    expect(await syncing).toMatchObject({ runId, status });
    await expect(redrive(runId, test.connected, { follow: false })).rejects.toThrow('Leave out --no-follow');
  });
});
