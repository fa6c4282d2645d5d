import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { followRun } from '../../cli/runs/follow-run.ts';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { commandLine } from '../helpers/command-line.ts';
import { sendEvents, untilLiveQueueIsEmpty } from '../helpers/live-events.ts';
import { findProfiles } from '../helpers/profiles.ts';
import { SMALL_KEY, smallMappingFile } from '../helpers/small-export.ts';
import { startTestStack, type TestStack } from '../helpers/stack.ts';

const CUSTOMERS = 40;
/** Of any deployment. */
const mappingHash = expect.stringMatching(/^\w+$/);

/** Exports are ordered by the day in their names. */
function deletingMapping(action: 'object' | 'profile'): string {
  return smallMappingFile({
    exports: { contains: 'changes', timeInKey: { pattern: 'day-{yyyy}-{MM}-{dd}', timeZone: 'UTC' } },
    deletes: { column: 'gone', values: ['yes', 'deleted'], action, maxCount: 5, maxShare: 0.2 },
    fields: [
      { name: 'id', column: 'id', required: true },
      { name: 'name', column: 'name', target: '_profile.FirstName', required: true },
    ],
  });
}

/** A CSV of customers; those that `gone` names are marked and have no name. */
function night(name: string, gone: readonly number[] = [], customers = CUSTOMERS): string {
  const row = (n: number) => (gone.includes(n) ? `K${n},, yes ` : `K${n},${name},no`);
  return ['id,name,gone', ...Array.from({ length: customers }, (_, n) => row(n))].join('\n');
}

interface Deleting {
  readonly test: TestStack;
  readonly refused: string[];
  readonly allowed: Set<string>;
  isThere(n: number): Promise<boolean>;
  succeed(day: string, content: string): Promise<RunSummary>;
}

async function start(action: 'object' | 'profile'): Promise<Deleting> {
  const refused: string[] = [];
  const allowed = new Set<string>();
  const test = await startTestStack({
    ...{ quota: 150, mapping: deletingMapping(action), timeScale: 0.1 },
    settings: { latencyMs: { median: 10, spread: 0.3 } },
    onRefused: (message) => refused.push(message),
    onAllowed: (_who, { action }, { policy }) => allowed.add(`${policy} ${action}`),
  });
  return {
    ...{ test, refused, allowed },
    isThere: async (n) => (await findProfiles(test.stack, SMALL_KEY, `K${n}`)).length > 0,
    succeed: async (day, content) => (await test.succeed(`day-2026-01-${day}.csv`, content)).summary,
  };
}

let deleting: Deleting;

describe('an export that deletes the objects of customers', () => {
  beforeAll(async () => {
    deleting = await start('object');
  });
  afterAll(() => deleting.test.stop());
  beforeEach(() => deleting.test.stack.customerProfiles.configure({ fault: undefined }));

  it('deletes marked customers, and the same deletions again cost no call', { timeout: 120_000 }, async () => {
    const { succeed, isThere } = deleting;
    expect(await succeed('10', night('a'))).toMatchObject({ synced: CUSTOMERS, deletes: { marked: 0, allowed: true } });
    const second = await succeed('11', night('a', [1, 2, 3]));
    expect(second).toMatchObject({
      rows: CUSTOMERS,
      deleted: 3,
      unchanged: 37,
      rejected: 0,
      accounted: true,
      calls: 0,
    });
    expect(second.deletes).toEqual({ marked: 3, allowed: true, mappingHash });
    expect([await isThere(1), await isThere(2), await isThere(3), await isThere(4)]).toEqual([
      false,
      false,
      false,
      true,
    ]);

    deleting.test.stack.customerProfiles.configure({
      fault: { operation: 'SearchProfiles', error: 'BadRequestException' },
    });
    expect(await succeed('12', night('a', [1, 2, 3]))).toMatchObject({ unchanged: CUSTOMERS, calls: 0 });
  });

  it('test-row says of a marked row that it would delete its customer, and that nothing of it is sent', async () => {
    const { test } = deleting;
    const path = join(test.folder, 'marked.csv');
    await writeFile(path, 'id,name,gone\nK4,Ann,yes\nK3,,yes\n');
    const row = (number: string) =>
      commandLine(test)(['test-row', path, '--row', number, '--mapping', deletingMapping('object')]);
    const { stdout } = await row('2');
    expect(stdout).toContain('Row 2 would delete its customer. It is marked as deleted.');
    expect(stdout).not.toContain('Ann');
    expect((await row('3')).stdout).toMatch(/would not be sent: unchanged\. The customer was deleted by run /);
  });

  it('an older deletion does not delete a newer record', async () => {
    expect(await deleting.succeed('05', night('a', [4]))).toMatchObject({ stale: CUSTOMERS });
    expect(await deleting.isThere(4)).toBe(true);
  });

  it('a newer record of a deleted customer is sent again', { timeout: 120_000 }, async () => {
    expect(await deleting.succeed('13', night('a', [2, 3]))).toMatchObject({ synced: 1, unchanged: 39 });
    expect([await deleting.isThere(1), await deleting.isThere(2)]).toEqual([true, false]);
  });

  it('above the limits none is deleted, all others are synced, and approve deletes them', {
    timeout: 120_000,
  }, async () => {
    const { test, isThere } = deleting;
    const gone = [2, 3, 10, 11, 12, 13];
    const { runId, summary } = await test.succeed('day-2026-01-14.csv', night('b', gone));
    expect(summary).toMatchObject({ synced: 34, rejected: 6, rejectedByCode: { DELETE_NOT_APPROVED: 6 } });
    expect(summary.deletes).toEqual({ marked: 6, allowed: false, mappingHash });
    expect(summary).not.toHaveProperty('deleted');
    for (const n of gone.slice(2)) expect(await isThere(n)).toBe(true);
    const notice = test.stack.sns.notices().find(({ Message }) => Message.includes(runId));
    expect(notice?.Message).toContain(
      `6 rows are marked as deleted, more than the mapping allows. If that is right: profile-sync approve ${runId}`,
    );

    const { executionArn = '' } = await test.clients.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: test.stack.outputs.StateMachineArn,
        input: JSON.stringify({
          detail: { bucket: { name: summary.export.bucket }, object: { key: summary.export.key } },
          approveDeletes: { ...summary.deletes, marked: 5 },
        }),
      }),
    );
    const wrong = await followRun(executionArn, test.connected);
    expect(wrong).toMatchObject({ summary: { rejected: 6, deletes: { allowed: false } } });

    const call = commandLine(test);
    const rejected = await call(['rejected', runId, '--mapping', deletingMapping('object')]);
    expect(rejected.stdout).toMatch(/marked as deleted really were deleted:\n {2}npx profile-sync approve /);
    const approved = await call(['approve', runId, '--json']);
    expect(approved).toMatchObject({ code: 0, stderr: expect.stringMatching(/Approving 6 deletions, 15\s%/) });
    expect(approved.json()).toMatchObject({ unchanged: 36, deleted: 4, rejected: 0 });
    for (const n of gone) expect(await isThere(n)).toBe(false);
    const again = await call(['approve', String(approved.json().runId)]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('no deletions that wait for an approval') });
  });

  it('a run that may not delete fails; its redrive deletes what is missing', { timeout: 120_000 }, async () => {
    const { test, isThere } = deleting;
    test.stack.customerProfiles.configure({
      fault: { operation: 'DeleteProfileObject', error: 'AccessDeniedException' },
    });
    const failed = await test.sync('day-2026-01-20.csv', night('c', [20, 21, 22], 30));
    if (!('errors' in failed)) throw new Error('it should have failed');
    expect(failed.errors).toMatchObject([{ name: 'ProfilesAccessDenied' }]);
    expect(JSON.stringify(failed.errors)).toContain('profile:DeleteProfileObject');
    test.stack.customerProfiles.configure({ fault: undefined });
    const redriven = await test.redrive(failed.runId);
    expect(redriven).toMatchObject({ summary: { rows: 30, deleted: 3, synced: 27 } });
    for (const n of [20, 21, 22]) expect(await isThere(n)).toBe(false);
  });

  it('live events never delete', async () => {
    const { test, isThere } = deleting;
    const time = new Date(Date.now() + 60_000).toISOString();
    await sendEvents(test, [{ record: { id: 'K30', name: 'c', gone: 'yes' }, time }]);
    await untilLiveQueueIsEmpty(test);
    expect(await isThere(30)).toBe(true);
  });

  it('the worker of exports needs what its policy allows, and is refused nothing', () => {
    expect(deleting.refused).toEqual([]);
    for (const action of ['SearchProfiles', 'ListProfileObjects', 'DeleteProfileObject']) {
      expect([...deleting.allowed]).toContainEqual(expect.stringMatching(new RegExp(`SyncChunk.* profile:${action}$`)));
    }
  });
});

describe('an export that deletes whole profiles', () => {
  beforeAll(async () => {
    deleting = await start('profile');
  });
  afterAll(() => deleting.test.stop());

  it('deletes them, as JSON Lines too', { timeout: 120_000 }, async () => {
    const { test, succeed, isThere } = deleting;
    await succeed('10', night('a'));
    const lines = [0, 1, 2, 3, 4, 5].map((n) =>
      JSON.stringify(n === 0 ? { id: 'K0', gone: 'deleted' } : { id: `K${n}`, name: 'a', gone: null }),
    );
    const { summary } = await test.succeed('day-2026-01-11.jsonl', lines.join('\n'));
    expect(summary).toMatchObject({ rows: 6, deleted: 1, unchanged: 5, deletes: { marked: 1, allowed: true } });
    expect([await isThere(0), await isThere(1)]).toEqual([false, true]);
    expect(deleting.refused).toEqual([]);
    expect([...deleting.allowed]).toContainEqual(expect.stringMatching(/SyncChunk.* profile:DeleteProfile$/));
  });
});
