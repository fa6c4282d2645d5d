import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, paginateListExecutions, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIdOf } from '../../cli/runs/follow-run.ts';
import { findStartedRun, untilEnded } from '../../cli/runs/started-run.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallExport, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const QUOTA = 100;

let test: TestStack;
let bucket: string;
let stateMachineArn: string;
beforeAll(async () => {
  const settings = { latencyMs: { median: 20, spread: 0.2 } };
  test = await startTestStack({ quota: QUOTA, mapping: smallMappingFile(), settings, timeScale: 0.3 });
  bucket = test.stack.outputs.ExportBucketName ?? '';
  stateMachineArn = test.stack.outputs.StateMachineArn ?? '';
});
afterAll(() => test.stop());

/** Uploads without waiting for the run. */
async function upload(key: string, body: string) {
  const startedAt = Date.now();
  const { VersionId } = await test.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return { bucket, key, versionId: VersionId, startedAt };
}

async function start(input: object): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  return (await test.clients.sfn.send(command)).executionArn ?? '';
}

async function inputOf(executionArn: string): Promise<Record<string, unknown>> {
  const { input = '{}' } = await test.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  return JSON.parse(input);
}

async function summaryOf(executionArn: string): Promise<RunSummary> {
  const { status, output, cause } = await untilEnded(test.clients.sfn, executionArn, systemClock, async () => {});
  expect(status, cause).toBe('SUCCEEDED');
  return JSON.parse(output ?? '');
}

async function namesOf(customers: number, prefix = 'K'): Promise<unknown[]> {
  const names: unknown[] = [];
  for (let n = 0; n < customers; n += 1) {
    const [profile] = await findProfiles(test.stack, SMALL_KEY, `${prefix}${n}`);
    names.push(profile?.FirstName);
  }
  return names;
}

describe('the same S3 event twice', () => {
  it('delivered again under its own id starts no second run', async () => {
    const uploaded = await upload('exports/same-id.csv', smallExport(5, 'same', 'S'));
    const first = await findStartedRun(test.clients.sfn, stateMachineArn, uploaded, test.connected);
    await summaryOf(first);
    const event = await inputOf(first);
    test.stack.events.publish(event as never);
    await systemClock.sleep(500);
    const runs: string[] = [];
    for await (const { executions = [] } of paginateListExecutions({ client: test.clients.sfn }, { stateMachineArn })) {
      runs.push(...executions.map(({ name = '' }) => name));
    }
    expect(runs.filter((name) => name === runIdOf(first))).toHaveLength(1);
    expect(runs.filter((name) => name.startsWith(String(event.id)))).toHaveLength(1);
  });

  it('under two ids starts two runs that send each row once between them', async () => {
    const uploaded = await upload('exports/two-ids.csv', smallExport(200, 'twice', 'T'));
    const first = await findStartedRun(test.clients.sfn, stateMachineArn, uploaded, test.connected);
    const second = await start(await inputOf(first));
    const [a, b] = await Promise.all([summaryOf(first), summaryOf(second)]);
    for (const { rows, synced, unchanged, stale } of [a, b])
      expect([rows, synced + unchanged, stale]).toEqual([200, 200, 0]);
    expect(a.synced + b.synced).toBe(200);
    expect(a.calls + b.calls).toBe(200);
    expect(await namesOf(200, 'T')).toEqual(Array.from({ length: 200 }, (_, n) => `twice ${n}`));
  });
});

describe('two versions of one key in quick succession', () => {
  it('leave the newer data in every profile, whichever run ends last', async () => {
    const older = await upload('exports/versions.csv', smallExport(300, 'older', 'V'));
    const newer = await upload('exports/versions.csv', smallExport(300, 'newer', 'V'));
    const runs = await Promise.all(
      [older, newer].map((version) => findStartedRun(test.clients.sfn, stateMachineArn, version, test.connected)),
    );
    const [first, second] = await Promise.all(runs.map(summaryOf));
    expect(first && first.synced + first.stale).toBe(300);
    expect(second).toMatchObject({ rows: 300, synced: 300, stale: 0 });

    // The older version once more, after the newer one has ended.
    const object = { key: older.key, 'version-id': older.versionId };
    const late = await summaryOf(await start({ detail: { bucket: { name: bucket }, object } }));
    expect(late).toMatchObject({ rows: 300, stale: 300, calls: 0 });
    expect(await namesOf(300, 'V')).toEqual(Array.from({ length: 300 }, (_, n) => `newer ${n}`));
  });
});

describe('an export in 50 parts uploaded at once', () => {
  it('arrives whole, at no more than the rate', async () => {
    const before = test.stack.customerProfiles.stats();
    const uploaded = await Promise.all(
      Array.from({ length: 50 }, (_, part) => upload(`exports/part-${part}.csv`, smallExport(10, 'part', `P${part}-`))),
    );
    const runs: string[] = [];
    for (const part of uploaded)
      runs.push(await findStartedRun(test.clients.sfn, stateMachineArn, part, test.connected));
    const summaries = await Promise.all(runs.map(summaryOf));

    expect(summaries.reduce((sum, { synced }) => sum + synced, 0)).toBe(500);
    const { calls, throttled, perSecond } = test.stack.customerProfiles.stats();
    expect(calls - before.calls - (throttled - before.throttled)).toBe(500);
    for (const second of perSecond) expect(second.calls).toBeLessThanOrEqual(QUOTA * 1.25);
  }, 300_000);
});

describe('a run started by hand', () => {
  it('needs only bucket and key: it reads the newest version', async () => {
    await upload('exports/by-hand.csv', smallExport(20, 'first', 'H'));
    await upload('exports/by-hand.csv', smallExport(20, 'second', 'H'));
    const summary = await summaryOf(
      await start({ detail: { bucket: { name: bucket }, object: { key: 'exports/by-hand.csv' } } }),
    );
    expect(summary.rows).toBe(20);
    expect(await namesOf(20, 'H')).toEqual(Array.from({ length: 20 }, (_, n) => `second ${n}`));
  });

  it('with resync sends every row again, and once', async () => {
    const object = { key: 'exports/by-hand.csv' };
    const summary = await summaryOf(await start({ detail: { bucket: { name: bucket }, object }, resync: true }));
    expect(summary).toMatchObject({ rows: 20, synced: 20, unchanged: 0, calls: 20 });
  });

  it('of a key that does not exist fails in words that say which', async () => {
    const executionArn = await start({ detail: { bucket: { name: bucket }, object: { key: 'exports/nowhere.csv' } } });
    const { status, error, cause = '' } = await untilEnded(test.clients.sfn, executionArn, systemClock, async () => {});
    expect([status, error]).toEqual(['FAILED', 'InvalidExport']);
    expect(cause).toContain('exports/nowhere.csv');
  });
});
