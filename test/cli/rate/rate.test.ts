import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkedRate, resetRate, setRate } from '../../../cli/rate/change-rate.ts';
import { describeRate, describeSet } from '../../../cli/rate/describe-rate.ts';
import { readRate } from '../../../cli/rate/rate-state.ts';
import { systemClock } from '../../../functions/shared/clock.ts';
import { commandLine } from '../../helpers/command-line.ts';
import { smallExport, smallMappingFile } from '../../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../../helpers/stack.ts';

const QUOTA = 100;
const DEPLOYED = {
  api: 'PutProfileObject',
  deployed: QUOTA,
  set: null,
  paused: false,
  limit: QUOTA,
  fallen: null,
  liveAskedAt: null,
};

let test: TestStack;
let profileSync: ReturnType<typeof commandLine>;
let TableName: string;
const Key = { id: 'PutProfileObject' };
beforeAll(async () => {
  const settings = { latencyMs: { median: 20, spread: 0.2 } };
  test = await startTestStack({ quota: QUOTA, mapping: smallMappingFile(), settings, timeScale: 0.05 });
  profileSync = commandLine(test);
  TableName = test.connected.outputs.BudgetTableName;
});
afterAll(() => test.stop());

const put = (item: object) => test.clients.dynamo.send(new PutCommand({ TableName, Item: { ...Key, ...item } }));
const item = async () => (await test.clients.dynamo.send(new GetCommand({ TableName, Key }))).Item;
const until = async (condition: () => boolean) => {
  while (!condition()) await systemClock.sleep(5);
};

describe('the rate', () => {
  beforeEach(() => put({}));

  it('is that of the deployment, for a person and for a program', async () => {
    const { code, stdout } = await profileSync(['rate', 'show']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'deployment  100 calls/s',
        'set         nothing else',
        'in force    100 calls/s',
        'calls now   0 calls/s, by 0 runs at work',
        'live events none in the last minute\n',
      ].join('\n'),
    );
    const shown = (await profileSync(['rate', 'show', '--json'])).json();
    expect(shown).toEqual({ ...DEPLOYED, callsPerSecond: 0, runsAtWork: 0 });
  });

  it('is set and reset', async () => {
    const set = await profileSync(['rate', 'set', '40']);
    expect([set.code, set.stdout]).toEqual([0, '40 calls/s, for runs and live events from the next second on.\n']);
    expect(await item()).toMatchObject({ quota: 40 });
    expect((await profileSync(['rate', 'set', '40'])).stdout).toContain('as before');
    expect((await profileSync(['rate', 'show'])).stdout).toContain('in force    40 calls/s\n');

    const reset = await profileSync(['rate', 'reset', '--json']);
    expect(reset.json()).toEqual({ changed: true, ...DEPLOYED });
    expect(await item()).not.toHaveProperty('quota');
  });

  it('above that of the deployment comes with a warning', async () => {
    const { code, stdout } = await profileSync(['rate', 'set', '150']);
    expect(code).toBe(0);
    expect(stdout).toContain('more than the 100 calls/s of the deployment: its workers are sized for these');
    expect(stdout).toContain("the account's own quota");
    expect(await item()).toMatchObject({ quota: 150 });
  });

  it.each(['0', '-1', '12.5', 'fast', '1001', ' '])('can not be set to "%s": nothing changes', async (calls) => {
    const { code, stdout, stderr } = await profileSync(['rate', 'set', '--', calls]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`The rate is "${calls}"; it must be a whole number of calls per second from 1 to 1000`);
    expect(stderr).toContain('npx profile-sync pause');
    expect(await item()).toEqual(Key);
  });

  it('that fell says how far, when, and when it is back', async () => {
    const fellAt = Date.now() - 5_000;
    await put({ fallenTo: 50, fellAt });
    const { limit, fallen } = (await profileSync(['rate', 'show', '--json'])).json<{ limit: number; fallen: object }>();
    expect(limit).toBeGreaterThanOrEqual(55);
    expect(limit).toBeLessThan(QUOTA);
    expect(fallen).toEqual({
      to: 50,
      at: new Date(fellAt).toISOString(),
      backAt: new Date(fellAt + 50_000).toISOString(),
    });
    expect((await profileSync(['rate', 'show'])).stdout).toMatch(/the service throttled, so it fell to 50 calls\/s at/);
  });

  it('shows whether live events came lately', async () => {
    await put({ liveAskedAt: Date.now() - 10_000 });
    expect((await profileSync(['rate', 'show'])).stdout).toMatch(/live events the last one 1\d s ago/);
  });
});

describe('the rate of another API', () => {
  const of = (api: string) => ({ TableName, Key: { id: api } });

  it('that the deployment does not call can not be shown or set', async () => {
    for (const args of [['show'], ['set', '40'], ['reset']]) {
      const { code, stderr } = await profileSync(['rate', ...args, '--api', 'UpdateProfile']);
      expect([code, stderr]).toEqual([1, 'This deployment does not call UpdateProfile. It calls PutProfileObject.\n']);
    }
    expect((await test.clients.dynamo.send(new GetCommand(of('UpdateProfile')))).Item).toBeUndefined();
  });

  it('is set in an item of its own, up to ten times its own quota', async () => {
    const stack = { ...test.connected, quotas: { PutProfileObject: QUOTA, UpdateProfile: 20 } };
    expect(checkedRate('200', stack, 'UpdateProfile')).toBe(200);
    expect(() => checkedRate('201', stack, 'UpdateProfile')).toThrow('from 1 to 200');
    const changed = await setRate(stack, 25, 'UpdateProfile');
    expect(changed.rate).toMatchObject({ api: 'UpdateProfile', deployed: 20, set: 25, limit: 25 });
    const { text } = describeSet(changed, stack.call);
    const shown = describeRate(changed.rate, undefined, { now: stack.clock.now(), call: stack.call });
    expect(shown.text).toContain('deployment  20 calls/s of UpdateProfile\n');
    expect(text).toContain('25 calls/s of UpdateProfile, for runs and live events');
    expect(text).toContain("the account's own quota of UpdateProfile");
    expect(await readRate(stack)).toMatchObject({ api: 'PutProfileObject', limit: QUOTA });
    expect((await resetRate(stack, 'UpdateProfile')).rate).toMatchObject({ limit: 20 });
  });

  it('is paused and resumed with all others', async () => {
    await profileSync(['pause']);
    const stack = { ...test.connected, quotas: { PutProfileObject: QUOTA, UpdateProfile: 20 } };
    expect(await readRate(stack, 'UpdateProfile')).toMatchObject({ paused: true, limit: 0 });
    await profileSync(['resume']);
    expect(await readRate(stack, 'UpdateProfile')).toMatchObject({ paused: false, limit: 20 });
  });
});

describe('a pause', () => {
  beforeEach(() => put({}));

  it('keeps what was set, and what is set in it, for its end', async () => {
    await profileSync(['rate', 'set', '40']);
    const pause = await profileSync(['pause']);
    expect(pause.code).toBe(0);
    expect(pause.stdout).toContain('Paused: no calls are made from the next second on.');
    expect(pause.stdout).toContain('half a day');
    expect(pause.stdout).toMatch(/To go on, with 40 calls\/s: npx profile-sync resume\n$/);
    expect((await profileSync(['pause'])).stdout).toContain('It was paused already.');
    expect((await profileSync(['rate', 'show'])).stdout).toContain(': paused; npx profile-sync resume goes on');

    const set = await profileSync(['rate', 'set', '30']);
    expect(set.stdout).toBe('Paused, and it stays so: 30 calls/s after npx profile-sync resume.\n');
    expect((await profileSync(['rate', 'show', '--json'])).json()).toMatchObject({ set: 30, paused: true, limit: 0 });

    expect((await profileSync(['resume', '--json'])).json()).toMatchObject({ changed: true, set: 30, limit: 30 });
    expect((await profileSync(['resume'])).stdout).toBe('It was not paused: 30 calls/s.\n');
  });

  it('that somebody began by hand ends by the same command', async () => {
    const byHand = { UpdateExpression: 'SET quota = :quota', ExpressionAttributeValues: { ':quota': 0 } };
    await test.clients.dynamo.send(new UpdateCommand({ TableName, Key, ...byHand }));
    const { json } = await profileSync(['resume', '--json']);
    expect(json()).toEqual({ changed: true, ...DEPLOYED });
  });

  it('holds up a run at work, which goes on when it ends', async () => {
    const { customerProfiles } = test.stack;
    const rows = 600;
    const running = test.succeed('paused.csv', smallExport(rows, 'First'));
    await until(() => customerProfiles.stats().accepted > 100);
    await profileSync(['pause']);
    // Longer than permits last that were given out before.
    await systemClock.sleep(2_000);
    const { calls } = customerProfiles.stats();
    expect(calls).toBeLessThan(rows);
    expect((await profileSync(['rate', 'show'])).stdout).toContain('by 1 run at work');
    await systemClock.sleep(1_000);
    expect(customerProfiles.stats().calls).toBe(calls);

    await profileSync(['rate', 'set', '60']);
    await profileSync(['resume']);
    const { summary } = await running;
    expect(summary).toMatchObject({ rows, synced: rows, calls: rows });
  });
});
