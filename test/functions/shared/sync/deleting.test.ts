import { beforeEach, describe, expect, it } from 'vitest';
import { ProfilesAccessDenied } from '../../../../functions/shared/errors.ts';
import type { Ledger } from '../../../../functions/shared/ledger/ledger.ts';
import { DELETE_SPACING_MS } from '../../../../functions/shared/ledger/spacing.ts';
import type { CustomerDeleter, DeleteResult } from '../../../../functions/shared/profiles/customer-deleter.ts';
import type { RateBudget } from '../../../../functions/shared/rate-budget/rate-budget.ts';
import { DELETE_NOT_APPROVED } from '../../../../functions/shared/sync/outcome.ts';
import type { FakeClock } from '../../../helpers/fake-clock.ts';
import { smallMapping } from '../../../helpers/mapping.ts';
import { QUOTA, syncStage } from './sync-stage.ts';

const DAY_MS = 86_400_000;
const DELETES = { column: 'gone', values: ['yes'], action: 'object', maxCount: 10, maxShare: 1 } as const;
const MAPPING = smallMapping({ deletes: DELETES });

const stage = syncStage();
let clock: FakeClock;
/** Names of the customers that the service holds, by customer key. */
let profiles: Map<string, string>;
let calls: string[];

beforeEach(() => {
  clock = stage.clock;
  profiles = new Map();
  calls = [];
});

interface RunOptions {
  readonly runId?: string;
  readonly resync?: boolean;
  readonly mayDelete?: boolean;
  /** Of deletions, in turn; after these they succeed. An error is thrown. */
  readonly answers?: (DeleteResult | Error)[];
  /** Deletes an object before each answer that is not a success, as of a customer who has several. */
  readonly inPart?: boolean;
  readonly isPoison?: (row: number) => boolean;
  /** Called between claim and answer of each deletion. */
  readonly during?: () => Promise<unknown>;
  /** The ledger is away for the write after the first deletion. */
  readonly losesAnswer?: boolean;
}

/** One attempt of one worker over these rows (`id,name,email,gone`). */
async function sync(exportTime: number, rows: readonly string[], options: RunOptions = {}) {
  const { runId, resync, isPoison, mayDelete = true, losesAnswer = false } = options;
  let budget: RateBudget | undefined;
  const attempt = await stage.attempt(rows, {
    ...{ mapping: MAPPING, exportTime, runId, resync, isPoison },
    async put(object) {
      const { id, name } = JSON.parse(object) as { id: string; name: string };
      calls.push(`put ${id}`);
      profiles.set(id, name);
      return { kind: 'accepted' };
    },
    ...(losesAnswer && { ledger: losingAnAnswer }),
    others(ofApi) {
      if (!mayDelete) return { refuseDeletes: DELETE_NOT_APPROVED };
      const rated = ofApi('DeleteProfile');
      budget = rated.budget;
      return { deleting: { ...rated, deleter: deleter(options), onDelete: () => {} } };
    },
  });
  return { ...attempt, limit: (await budget?.look())?.limit };
}

function deleter({ answers = [], inPart, during }: RunOptions): CustomerDeleter {
  return {
    async delete(key, onDeleted) {
      calls.push(`delete ${key}`);
      await during?.();
      const answer = answers.shift() ?? { kind: 'deleted' };
      const succeeds = 'kind' in answer && answer.kind === 'deleted';
      if (succeeds || inPart) {
        profiles.delete(key);
        onDeleted?.();
      }
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

/** The ledger is away for the write after the first call. */
function losingAnAnswer(kept: Ledger): Partial<Ledger> {
  let isLost = false;
  return {
    write(...args) {
      if (isLost || calls.length === 0) return kept.write(...args);
      isLost = true;
      return Promise.reject(Object.assign(new Error('away'), { name: 'InternalServerError' }));
    },
  };
}

/** Customer 1 is known, and long enough ago to be deleted. */
async function known(): Promise<void> {
  await sync(1_000, ['1,Ann,a@x,no']);
  clock.freeze(DELETE_SPACING_MS);
  calls = [];
}

const GONE = ['1,,,yes'];
const THROTTLED: DeleteResult = { kind: 'throttled' };

describe('a record that is marked as deleted', () => {
  it('deletes its customer once: again it costs no call, and its own run finds it deleted', async () => {
    await known();
    expect((await sync(2_000, GONE)).kinds).toEqual({ 1: 'deleted' });
    expect((await sync(2_000, GONE)).kinds).toEqual({ 1: 'deleted' });
    expect((await sync(3_000, GONE)).kinds).toEqual({ 1: 'unchanged' });
    expect([calls, profiles.size]).toEqual([['delete 1'], 0]);
  });

  it('needs no value but the customer key, and without that is rejected', async () => {
    const fields = ['id', 'name'].map((name) => ({ name, column: name, required: true }));
    const demanding = smallMapping({ fields, deletes: DELETES });
    expect(demanding.identify(['1', '', 'yes'], 0)).toMatchObject({ ok: true });
    expect(demanding.identify(['1', '', 'no'], 0)).toMatchObject({ ok: false });
    expect((await sync(2_000, [',,,yes'])).outcomes).toMatchObject({ 'row 2': { rejection: { code: 'MISSING_KEY' } } });
    expect((await sync(2_000, [`1,${'x'.repeat(300)},no address,yes`])).kinds).toEqual({ 1: 'deleted' });
  });

  it('is stale if it is older than what is known, and deletes nothing', async () => {
    await known();
    expect((await sync(500, GONE)).kinds).toEqual({ 1: 'stale' });
    expect([calls, profiles.size]).toEqual([[], 1]);
  });

  it('makes an older record stale, and a newer one of the same content is sent again', async () => {
    await known();
    await sync(2_000, GONE);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(1_500, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'stale' });
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toBe('Ann');
  });

  it('is deleted again by a resync, and is not refreshed as long as the ledger knows it', async () => {
    await sync(1_000, GONE);
    clock.freeze(90 * DAY_MS);
    expect((await sync(2_000, GONE)).kinds).toEqual({ 1: 'unchanged' });
    expect((await sync(3_000, GONE, { resync: true })).kinds).toEqual({ 1: 'deleted' });
  });

  it('deletes nothing where it may not, whatever the ledger holds', async () => {
    await known();
    const { outcomes } = await sync(2_000, GONE, { mayDelete: false });
    expect(outcomes[1]).toEqual({ kind: 'rejected', rejection: DELETE_NOT_APPROVED });
    expect((await sync(3_000, ['1,Ann,a@x,no'], { mayDelete: false })).kinds).toEqual({ 1: 'unchanged' });
  });
});

describe('between a deletion and other content', () => {
  it('lies the time in which what was accepted gets to where a search finds it', async () => {
    await sync(1_000, ['1,Ann,a@x,no']);
    expect((await sync(2_000, GONE)).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(2_000, GONE)).kinds).toEqual({ 1: 'deleted' });
    expect((await sync(3_000, ['1,Ann,a@x,no'])).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
  });

  it('nothing is sent while the deletion may still arrive', async () => {
    await known();
    const answer: DeleteResult = { kind: 'failed', open: true, changed: true };
    expect((await sync(2_000, GONE, { answers: [answer, answer] })).leftOver).toEqual([{ row: 2, reason: 'failed' }]);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    clock.freeze(400_000);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
  });

  it('a worker that was frozen may have deleted what is newer: that is sent again', async () => {
    await known();
    const { kinds, leftOver } = await sync(2_000, GONE, {
      during: async () => {
        clock.freeze(400_000);
        await sync(3_000, ['1,Eve,e@x,no']);
      },
    });
    expect([kinds, leftOver, profiles.size]).toEqual([{}, [{ row: 2, reason: 'locked' }], 0]);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(4_000, ['1,Eve,e@x,no'])).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toBe('Eve');
  });
});

describe('a deletion', () => {
  it('that is throttled is made again, and twice left over with nothing changed', async () => {
    await known();
    const { leftOver, limit } = await sync(2_000, GONE, { answers: [THROTTLED, THROTTLED] });
    expect(leftOver).toEqual([{ row: 2, reason: 'throttled' }]);
    expect(limit).toBeLessThan(QUOTA);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'unchanged' });
    expect((await sync(4_000, GONE, { answers: [THROTTLED] })).kinds).toEqual({ 1: 'deleted' });
  });

  it.each<[string, DeleteResult | Error]>([
    ['throttled', THROTTLED],
    ['refused', { kind: 'refused', reason: 'no' }],
    ['denied', new ProfilesAccessDenied('no')],
    ['broken', { kind: 'failed', open: false, changed: true }],
  ])('of several objects of which one is gone and another is %s is no more what is known', async (_, answer) => {
    await known();
    await sync(2_000, GONE, { answers: [answer, answer], inPart: true });
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toBe('Ann');
  });

  it('that the service refuses is rejected with its words, and tried again by the next run', async () => {
    await known();
    const refused = await sync(2_000, GONE, { answers: [{ kind: 'refused', reason: 'the service said so' }] });
    expect(refused.outcomes[1]).toEqual({
      kind: 'rejected',
      rejection: { code: 'REFUSED', reason: 'the service said so' },
    });
    expect((await sync(3_000, GONE)).kinds).toEqual({ 1: 'deleted' });
  });

  it('of which it can not be told whom it meets is rejected, and the customer stays as known', async () => {
    await known();
    const { outcomes } = await sync(2_000, GONE, { answers: [{ kind: 'ambiguous' }] });
    expect(outcomes[1]).toMatchObject({ kind: 'rejected', rejection: { code: 'DELETE_AMBIGUOUS' } });
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'unchanged' });
  });

  it('that may have been made when the service broke, or the ledger, is no more what is known', async () => {
    await known();
    const broken: DeleteResult = { kind: 'failed', open: false, changed: true };
    await sync(2_000, GONE, { answers: [broken, broken] });
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
    clock.freeze(DELETE_SPACING_MS);
    calls = [];
    await sync(4_000, GONE, { losesAnswer: true, answers: [{ kind: 'deleted' }, THROTTLED] });
    expect(calls).toEqual(['delete 1', 'delete 1']);
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(5_000, ['1,Ann,a@x,no'])).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toBe('Ann');
  });

  it('of many that are denied ends the attempt before the others are tried', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => `${n},,,yes`);
    const { leftOver } = await sync(2_000, rows, { answers: rows.map(() => new ProfilesAccessDenied('no')) });
    expect(leftOver).toHaveLength(100);
    expect(calls.length).toBeLessThan(50);
  });

  it('that is denied ends the attempt, and its row is left over', async () => {
    await known();
    const { stopped, leftOver } = await sync(2_000, GONE, { answers: [new ProfilesAccessDenied('no')] });
    expect([stopped?.name, leftOver]).toEqual(['ProfilesAccessDenied', [{ row: 2, reason: 'interrupted' }]]);
  });

  it('whose answer can not be understood may have been made: other content waits', async () => {
    await known();
    const { stopped } = await sync(2_000, GONE, { answers: [new SyntaxError('not JSON')] });
    expect(stopped?.name).toBe('SyntaxError');
    clock.freeze(DELETE_SPACING_MS);
    expect((await sync(3_000, ['1,Ann,a@x,no'])).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
  });

  it('is not made for a poisoned row', async () => {
    await known();
    const { outcomes } = await sync(2_000, GONE, { isPoison: () => true });
    expect(outcomes[1]).toMatchObject({ kind: 'rejected', rejection: { code: 'SERVICE_ERROR' } });
    expect(calls).toEqual([]);
  });
});
