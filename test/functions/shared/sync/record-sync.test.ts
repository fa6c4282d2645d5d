import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProfilesAccessDenied } from '../../../../functions/shared/errors.ts';
import { createFullExports } from '../../../../functions/shared/ledger/full-exports.ts';
import type { Ledger } from '../../../../functions/shared/ledger/ledger.ts';
import { SPACING_MS } from '../../../../functions/shared/ledger/spacing.ts';
import type { MappingDefinition } from '../../../../functions/shared/mapping/types.ts';
import type { ClearResult, ProfileClearer } from '../../../../functions/shared/profiles/profile-clearer.ts';
import type { PutResult } from '../../../../functions/shared/profiles/profile-writer.ts';
import type { FakeClock } from '../../../helpers/fake-clock.ts';
import { smallMapping } from '../../../helpers/mapping.ts';
import { TABLES } from '../../../helpers/tables.ts';
import { syncStage } from './sync-stage.ts';

const DAY_MS = 86_400_000;

const stage = syncStage();
let clock: FakeClock;
/** What the service holds, and the calls that it saw, by customer key. */
let profiles: Map<string, unknown>;
let calls: string[];
/** The clearings that the service saw: key and targets. */
let cleared: string[];

beforeEach(() => {
  clock = stage.clock;
  profiles = new Map();
  calls = [];
  cleared = [];
});

type Answer = PutResult | Error;
type ClearAnswer = ClearResult | Error;
const CLEARING: Partial<MappingDefinition> = {
  fields: smallMapping().definition.fields.map((field) => ({
    ...field,
    ...(field.name === 'email' && { clearWhenEmpty: true }),
  })),
};
const THROTTLED: PutResult = { kind: 'throttled' };
const BROKE: PutResult = { kind: 'failed', open: false };
const NO_ANSWER: PutResult = { kind: 'failed', open: true };

interface RunOptions {
  readonly runId?: string;
  readonly exportTime?: number;
  readonly resync?: boolean;
  readonly mapping?: Partial<MappingDefinition>;
  /** The service's answers per customer key, in turn; after these it accepts. */
  readonly answers?: Record<string, Answer[]>;
  readonly isPoison?: (row: number) => boolean;
  /** Called between claim and answer of each call. */
  readonly during?: (key: string) => Promise<unknown>;
  /** Puts faults before the ledger. */
  readonly ledger?: (ledger: Ledger) => Partial<Ledger>;
  /** Milliseconds in which calls may start. */
  readonly time?: number;
  /** What becomes of clearings per customer key, in turn; after these they succeed. The mapping clears `email`. */
  readonly clears?: Record<string, ClearAnswer[]>;
  /** Called between claim and answer of each clearing. */
  readonly duringClear?: (key: string) => Promise<unknown>;
}

/** One attempt of one worker over these rows (`id,name,email`). */
function sync(rows: readonly string[], options: RunOptions = {}) {
  const { exportTime = 1_000, runId, resync, isPoison, ledger, time } = options;
  return stage.attempt(rows, {
    ...{ exportTime, runId, resync, isPoison, ledger, time },
    mapping: smallMapping({ ...(options.clears && CLEARING), ...options.mapping }),
    async put(object) {
      const parsed = JSON.parse(object) as { id: string };
      calls.push(parsed.id);
      await options.during?.(parsed.id);
      const answer = options.answers?.[parsed.id]?.shift() ?? { kind: 'accepted' };
      if (answer instanceof Error) throw answer;
      if (answer.kind === 'accepted') profiles.set(parsed.id, parsed);
      return answer;
    },
    others: (ofApi) =>
      options.clears ? { clearing: { ...ofApi('UpdateProfile'), clearer: clearer(options), onClear: () => {} } } : {},
  });
}

function clearer({ clears, duringClear }: RunOptions): ProfileClearer {
  return {
    async clear(key, targets) {
      cleared.push(`${key} ${targets.join()}`);
      await duringClear?.(key);
      const answer = clears?.[key]?.shift() ?? { kind: 'cleared' };
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

describe('a record', () => {
  it('that is new is sent once and noted; the next night it costs no call', async () => {
    expect((await sync(['1,Ann,a@x', '2,Bob,b@x'])).kinds).toEqual({ 1: 'synced', 2: 'synced' });
    expect((await sync(['1,Ann,a@x', '2,Bob,b@x'], { exportTime: 2_000 })).kinds).toEqual({
      1: 'unchanged',
      2: 'unchanged',
    });
    expect(calls.toSorted()).toEqual(['1', '2']);
  });

  it('that changed is the only one to be sent', async () => {
    await sync(['1,Ann,a@x', '2,Bob,b@x']);
    calls = [];
    clock.freeze(10_000);
    expect((await sync(['1,Ann,a@x', '2,Rob,b@x'], { exportTime: 2_000 })).kinds).toEqual({
      1: 'unchanged',
      2: 'synced',
    });
    expect(calls).toEqual(['2']);
    expect(profiles.get('2')).toEqual({ id: '2', name: 'Rob', email: 'b@x' });
  });

  it('of an older export never overwrites newer data', async () => {
    await sync(['1,New,n@x'], { exportTime: 2_000 });
    clock.freeze(10_000);
    expect((await sync(['1,Old,o@x'], { exportTime: 1_000 })).kinds).toEqual({ 1: 'stale' });
    expect(profiles.get('1')).toMatchObject({ name: 'New' });
  });

  it('that a retried attempt finds confirmed by its own run is synced, without a second call', async () => {
    await sync(['1,Ann,a@x'], { runId: 'night' });
    expect((await sync(['1,Ann,a@x'], { runId: 'night' })).kinds).toEqual({ 1: 'synced' });
    expect(calls).toEqual(['1']);
  });

  it('whose entry expired is sent again, as its profile expired too', async () => {
    await sync(['1,Ann,a@x'], { exportTime: 2_000 });
    clock.freeze(100 * DAY_MS);
    expect((await sync(['1,Ann,a@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'synced' });
    expect(calls).toEqual(['1', '1']);
  });

  it('that is unchanged is sent again before its profile would expire, and then not for as long', async () => {
    await sync(['1,Ann,a@x']);
    clock.freeze(49 * DAY_MS);
    expect((await sync(['1,Ann,a@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'unchanged' });
    clock.freeze(26 * DAY_MS);
    expect((await sync(['1,Ann,a@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'synced' });
    expect((await sync(['1,Ann,a@x'], { exportTime: 4_000 })).kinds).toEqual({ 1: 'unchanged' });
    expect(calls).toEqual(['1', '1']);
  });

  it('without a key is rejected, and the others go on', async () => {
    const { outcomes } = await sync([',Ann,a@x', '2,Bob,b@x']);
    expect(outcomes['row 2']).toMatchObject({ kind: 'rejected', rejection: { code: 'MISSING_KEY' } });
    expect(outcomes[2]).toMatchObject({ kind: 'synced' });
  });

  it('that can not be mapped is rejected and not stale, even if it is older', async () => {
    await sync(['1,Ann,a@x'], { exportTime: 2_000 });
    const { outcomes } = await sync([`1,${'x'.repeat(300)},a@x`], { exportTime: 1_000 });
    expect(outcomes[1]).toMatchObject({ kind: 'rejected', rejection: { code: 'TOO_LONG' } });
  });

  it('that empties a field sent before is counted as not cleared, also when its chunk is tried again', async () => {
    await sync(['1,Ann,a@x']);
    clock.freeze(10_000);
    const emptied = { exportTime: 2_000, runId: 'second' };
    expect((await sync(['1,Ann,'], emptied)).outcomes[1]).toMatchObject({ kind: 'synced', notCleared: ['email'] });
    expect((await sync(['1,Ann,'], emptied)).outcomes[1]).toMatchObject({ kind: 'synced', notCleared: ['email'] });
    const next = await sync(['1,Ann,'], { exportTime: 3_000 });
    expect(next.outcomes[1]).toEqual({ kind: 'unchanged', notCleared: [] });
  });
});

describe('a call', () => {
  it('that is throttled is made again in the second pass', async () => {
    const { kinds, leftOver } = await sync(['1,Ann,a@x'], { answers: { 1: [THROTTLED] } });
    expect([kinds, leftOver, calls]).toEqual([{ 1: 'synced' }, [], ['1', '1']]);
  });

  it('that is throttled twice is left over, and its customer is free for others', async () => {
    const { leftOver } = await sync(['1,Ann,a@x'], { answers: { 1: [THROTTLED, THROTTLED] } });
    expect(leftOver).toEqual([{ row: 2, reason: 'throttled' }]);
    expect((await sync(['1,Eve,e@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'synced' });
  });

  it('that the service refuses rejects the record, and no later run sends it until it changes', async () => {
    const refusal: PutResult = { kind: 'refused', reason: 'the service said so' };
    const first = await sync(['1,Ann,a@x'], { answers: { 1: [refusal] } });
    const again = await sync(['1,Ann,a@x'], { exportTime: 2_000 });
    for (const { outcomes } of [first, again]) {
      expect(outcomes[1]).toEqual({ kind: 'rejected', rejection: { code: 'REFUSED', reason: 'the service said so' } });
    }
    expect(calls).toEqual(['1']);
    expect((await sync(['1,Anne,a@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'synced' });
  });

  it('does not make an older one stale that comes during its call: nothing newer arrives', async () => {
    const older = { exportTime: 2_000 };
    let meanwhile: Awaited<ReturnType<typeof sync>> | undefined;
    await sync(['1,Bad,a@x'], {
      exportTime: 3_000,
      answers: { 1: [{ kind: 'refused', reason: 'no' }] },
      async during() {
        meanwhile ??= await sync(['1,Ann,a@x'], older);
      },
    });
    expect(meanwhile?.leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    expect((await sync(['1,Ann,a@x'], older)).kinds).toEqual({ 1: 'synced' });
  });

  it('that the service refuses holds back no older record that is fit', async () => {
    await sync(['1,Bad,a@x'], { exportTime: 3_000, answers: { 1: [{ kind: 'refused', reason: 'no' }] } });
    expect((await sync(['1,Ann,a@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'synced' });
  });

  it('that the service refuses leaves what is known: the same content again costs no call', async () => {
    await sync(['1,Ann,a@x']);
    clock.freeze(10_000);
    await sync(['1,Bad,a@x'], { exportTime: 2_000, answers: { 1: [{ kind: 'refused', reason: 'no' }] } });
    calls = [];
    expect((await sync(['1,Ann,a@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'unchanged' });
    expect(calls).toEqual([]);
  });

  it('that broke is left over as failed, and the next attempt sends it', async () => {
    const { leftOver } = await sync(['1,Ann,a@x'], { runId: 'r', answers: { 1: [BROKE, BROKE] } });
    expect(leftOver).toEqual([{ row: 2, reason: 'failed' }]);
    expect((await sync(['1,Ann,a@x'], { runId: 'r' })).kinds).toEqual({ 1: 'synced' });
  });

  it('that broke counts as failed in its attempt, though the second one was throttled', async () => {
    const { leftOver } = await sync(['1,Ann,a@x'], { answers: { 1: [BROKE, THROTTLED] } });
    expect(leftOver).toEqual([{ row: 2, reason: 'failed' }]);
  });

  it('without an answer keeps other content out until it can no longer arrive', async () => {
    await sync(['1,Ann,a@x'], { answers: { 1: [NO_ANSWER, NO_ANSWER] } });
    const { leftOver } = await sync(['1,Eve,e@x'], { exportTime: 2_000 });
    expect(leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    clock.freeze(400_000);
    expect((await sync(['1,Eve,e@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'synced' });
  });

  it('that is denied ends the attempt: no other row is tried, and none is lost', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => `${index},Ann,a@x`);
    const answers = Object.fromEntries(rows.map((_, index) => [index, [new ProfilesAccessDenied('denied')]]));
    const { leftOver, stopped, kinds } = await sync(rows, { answers });
    expect(stopped?.name).toBe('ProfilesAccessDenied');
    expect(calls.length).toBeLessThanOrEqual(8);
    expect(leftOver.length + Object.keys(kinds).length).toBe(60);
    expect((await sync(rows, { exportTime: 2_000 })).kinds).toEqual(
      Object.fromEntries(rows.map((_, i) => [i, 'synced'])),
    );
  });

  it('that is throttled lets newer content of its customer go on at once', async () => {
    let newer: Awaited<ReturnType<typeof sync>> | undefined;
    const { kinds } = await sync(['1,Ann,a@x', '2,Bob,b@x'], {
      answers: { 1: [THROTTLED] },
      async during(key) {
        for (let tries = 0; key === '2' && newer?.kinds[1] !== 'synced' && tries < 5; tries += 1) {
          newer = await sync(['1,Eve,e@x'], { exportTime: 2_000 });
        }
      },
    });
    expect(newer?.kinds).toEqual({ 1: 'synced' });
    expect(kinds).toEqual({ 1: 'stale', 2: 'synced' });
    expect(profiles.get('1')).toMatchObject({ name: 'Eve' });
  });

  it('that was accepted but could not be noted keeps other content at its distance', async () => {
    let answeredAt = 0;
    const { leftOver } = await sync(['1,Ann,a@x'], {
      during: async () => {
        answeredAt = clock.now();
      },
      ledger: (ledger) => ({
        async write(key, seen, entry) {
          if (entry.known) throw Object.assign(new Error(), { name: 'TimeoutError' });
          return ledger.write(key, seen, entry);
        },
      }),
    });
    expect(leftOver).toEqual([{ row: 2, reason: 'interrupted' }]);
    let nextAt = 0;
    const during = async () => {
      nextAt = clock.now();
    };
    expect((await sync(['1,Eve,e@x'], { exportTime: 2_000, during })).kinds).toEqual({ 1: 'synced' });
    expect(nextAt - answeredAt).toBeGreaterThanOrEqual(SPACING_MS);
  });

  it('that broke may have been taken: other content keeps its distance, also from one that was throttled since', async () => {
    await sync(['1,Ann,a@x'], { answers: { 1: [BROKE, BROKE] } });
    const brokeAt = clock.now();
    await sync(['1,Ann,a@x'], { answers: { 1: [THROTTLED, THROTTLED] } });
    let nextAt = 0;
    const during = async () => {
      nextAt = clock.now();
    };
    expect((await sync(['1,Eve,e@x'], { exportTime: 2_000, during })).kinds).toEqual({ 1: 'synced' });
    expect(nextAt - brokeAt).toBeGreaterThanOrEqual(SPACING_MS);
  });

  it('whose answer can not be understood may have been taken: other content waits', async () => {
    const { stopped, leftOver } = await sync(['1,Ann,a@x'], { answers: { 1: [new SyntaxError('not JSON')] } });
    expect([stopped?.name, leftOver]).toEqual(['SyntaxError', [{ row: 2, reason: 'interrupted' }]]);
    expect((await sync(['1,Eve,e@x'], { exportTime: 2_000 })).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
  });

  it('of a worker that was frozen past its end may have overwritten newer content, which is then sent again', async () => {
    const late = await sync(['1,Old,o@x'], {
      exportTime: 1_000,
      during: async () => {
        clock.freeze(400_000);
        expect((await sync(['1,New,n@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'synced' });
      },
    });
    expect([late.kinds, late.leftOver]).toEqual([{}, [{ row: 2, reason: 'locked' }]]);
    expect(profiles.get('1')).toMatchObject({ name: 'Old' });
    clock.freeze(10_000);
    expect((await sync(['1,New,n@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toMatchObject({ name: 'New' });
  });

  it('is not made for a poisoned row', async () => {
    const { outcomes } = await sync(['1,Ann,a@x'], { isPoison: () => true });
    expect(outcomes[1]).toMatchObject({ kind: 'rejected', rejection: { code: 'SERVICE_ERROR' } });
    expect(calls).toEqual([]);
  });
});

describe('an attempt', () => {
  it('that may not read the ledger ends with all its rows left over', async () => {
    const ledger = () => ({
      read: async () => {
        throw Object.assign(new Error(), { name: 'AccessDeniedException' });
      },
    });
    const { stopped, leftOver } = await sync(['1,Ann,a@x', '2,Bob,b@x'], { ledger });
    expect(stopped?.name).toBe('AccessDeniedException');
    expect(leftOver.map(({ row }) => row)).toEqual([2, 3]);
    expect(calls).toEqual([]);
  });

  it('whose time is over does not wait for locks', async () => {
    await sync(['1,Ann,a@x']);
    const from = clock.now();
    const { leftOver } = await sync(['1,Eve,e@x'], { exportTime: 2_000, time: 0 });
    expect(leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    expect(clock.now()).toBe(from);
  });
});

describe('a field that is cleared when it is empty', () => {
  const night1 = { clears: {} };
  const night2 = { exportTime: 2_000, clears: {} };
  const night3 = { exportTime: 3_000, clears: {} };
  const EMPTIED = ['1,Ann,'];
  const CLEARED = ['1 _profile.EmailAddress'];

  async function filledBefore(): Promise<void> {
    await sync(['1,Ann,a@x'], night1);
    clock.freeze(10_000);
    calls = [];
  }

  it('is cleared once the record that empties it is accepted, and then costs nothing more', async () => {
    await filledBefore();
    const { outcomes } = await sync(EMPTIED, night2);
    expect(outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'], notCleared: [] });
    expect((await sync(EMPTIED, night3)).kinds).toEqual({ 1: 'unchanged' });
    expect([calls, cleared]).toEqual([['1'], CLEARED]);
  });

  it('costs no call if it was never filled', async () => {
    await sync(EMPTIED, night1);
    clock.freeze(10_000);
    await sync(['1,Anna,'], night2);
    expect(cleared).toEqual([]);
  });

  it('is told as cleared again when its chunk is tried again, without a second call', async () => {
    await filledBefore();
    await sync(EMPTIED, night2);
    const { outcomes } = await sync(EMPTIED, night2);
    expect(outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'] });
    expect([calls, cleared]).toEqual([['1'], CLEARED]);
  });

  it('is cleared in the next run that does so, though the record is unchanged: the mapping did not before', async () => {
    await sync(['1,Ann,a@x']);
    clock.freeze(10_000);
    expect((await sync(EMPTIED, { exportTime: 2_000 })).outcomes[1]).toMatchObject({ notCleared: ['email'] });
    calls = [];
    const { outcomes } = await sync(EMPTIED, night3);
    expect(outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'], notCleared: [] });
    expect([calls, cleared]).toEqual([[], CLEARED]);
  });

  it('of a profile that is not found yet is tried once more a little later', async () => {
    await filledBefore();
    const triedAt: number[] = [];
    const { outcomes } = await sync(EMPTIED, {
      ...night2,
      clears: { 1: [{ kind: 'notFound' }] },
      duringClear: async () => triedAt.push(clock.now()),
    });
    expect((triedAt[1] ?? 0) - (triedAt[0] ?? 0)).toBeGreaterThanOrEqual(SPACING_MS);
    expect(outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'] });
    expect([calls, cleared]).toEqual([['1'], [...CLEARED, ...CLEARED]]);
  });

  it.each<[string, ClearResult[]]>([
    ['has no profile', [{ kind: 'notFound' }, { kind: 'notFound' }]],
    ['has several', [{ kind: 'notPossible' }]],
  ])('of a customer who %s is told as not cleared, by each run until it is', async (_, answers) => {
    await filledBefore();
    const first = await sync(EMPTIED, { ...night2, clears: { 1: [...answers] } });
    expect(first.leftOver).toEqual([]);
    expect(first.outcomes[1]).toMatchObject({ kind: 'synced', cleared: [], notCleared: ['email'] });
    const second = await sync(EMPTIED, { ...night3, clears: { 1: [...answers] } });
    expect(second.outcomes[1]).toEqual({ kind: 'unchanged', notCleared: ['email'] });
    const third = await sync(EMPTIED, { ...night3, runId: 'third' });
    expect(third.outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'] });
    expect(calls).toEqual(['1']);
  });

  it('is left over if its call was throttled or broke twice, and the next attempt sends nothing again', async () => {
    await filledBefore();
    for (const kind of ['throttled', 'failed'] as const) {
      const answer = { kind, open: false, changed: false } as ClearResult;
      const { leftOver } = await sync(EMPTIED, { ...night2, clears: { 1: [answer, answer] } });
      expect(leftOver).toEqual([{ row: 2, reason: kind }]);
    }
    expect((await sync(EMPTIED, night2)).kinds).toEqual({ 1: 'synced' });
    expect(calls).toEqual(['1']);
  });

  it('is not cleared of a poisoned row: the record was sent, and the next night tries again', async () => {
    await filledBefore();
    const broke: ClearResult = { kind: 'failed', open: false, changed: true };
    await sync(EMPTIED, { ...night2, clears: { 1: [broke, broke] } });
    const { outcomes } = await sync(EMPTIED, { ...night2, isPoison: () => true });
    expect(outcomes[1]).toMatchObject({ kind: 'synced', notCleared: ['email'] });
  });

  it('keeps newer content out while it is cleared, and until a call without an answer can no longer arrive', async () => {
    await filledBefore();
    const newer = { ...night3, time: 0 };
    const meanwhile = async () => {
      expect((await sync(['1,Ann,new@x'], newer)).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    };
    await sync(EMPTIED, {
      ...night2,
      clears: { 1: [{ kind: 'failed', open: true, changed: true }] },
      duringClear: meanwhile,
      time: 12_000,
    });
    clock.freeze(60_000);
    await meanwhile();
    clock.freeze(30_000);
    expect((await sync(['1,Ann,new@x'], night3)).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toMatchObject({ email: 'new@x' });
  });

  it('whose call broke may be empty already: other content keeps its distance', async () => {
    await filledBefore();
    await sync(EMPTIED, { ...night2, clears: { 1: [{ kind: 'notPossible' }] } });
    clock.freeze(10_000);
    const broke: ClearResult = { kind: 'failed', open: false, changed: true };
    await sync(EMPTIED, { ...night2, clears: { 1: [broke, broke] } });
    clock.freeze(SPACING_MS - 1_000);
    const newer = { ...night3, time: 0 };
    expect((await sync(['1,Ann,new@x'], newer)).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
    clock.freeze(1_000);
    expect((await sync(['1,Ann,new@x'], night3)).kinds).toEqual({ 1: 'synced' });
  });

  it('whose call is denied ends the attempt, and the record is known as sent', async () => {
    await filledBefore();
    const { stopped } = await sync(EMPTIED, { ...night2, clears: { 1: [new ProfilesAccessDenied('no')] } });
    expect(stopped).toBeInstanceOf(ProfilesAccessDenied);
    expect((await sync(EMPTIED, night2)).outcomes[1]).toMatchObject({ kind: 'synced', cleared: ['email'] });
    expect(calls).toEqual(['1']);
  });

  it('is cleared at the rate of its own budget', async () => {
    const many = Array.from({ length: 40 }, (_, index) => String(index));
    await sync(
      many.map((id) => `${id},Ann,a@x`),
      night1,
    );
    clock.freeze(10_000);
    const paused = { id: 'UpdateProfile', quota: 0 };
    await stage.client.send(new PutCommand({ TableName: TABLES.budget, Item: paused }));
    const { stopped, leftOver } = await sync(
      many.map((id) => `${id},Ann,`),
      night2,
    );
    await stage.client.send(new DeleteCommand({ TableName: TABLES.budget, Key: { id: 'UpdateProfile' } }));
    expect([stopped?.name, leftOver.length, cleared]).toEqual(['NoPermit', 40, []]);
    expect(calls.length).toBeGreaterThan(40);
  });
});

describe('a worker that dies', () => {
  /** Nothing that it writes after its call arrives. */
  const diesAfterCall = (ledger: Ledger): Partial<Ledger> => ({
    async write(key, seen, entry) {
      if (seen.entry?.claim) throw Object.assign(new Error(), { name: 'TimeoutError' });
      return ledger.write(key, seen, entry);
    },
  });

  it('after its call leaves content that nobody confirmed: the known content is sent over it', async () => {
    await sync(['1,Ann,a@x']);
    clock.freeze(10_000);
    await sync(['1,Eve,e@x'], { exportTime: 2_000, ledger: diesAfterCall });
    expect(profiles.get('1')).toMatchObject({ name: 'Eve' });
    clock.freeze(400_000);
    const reverts = { exportTime: 3_000, answers: { 1: [THROTTLED, THROTTLED] } };
    expect((await sync(['1,Ann,a@x'], reverts)).leftOver).toEqual([{ row: 2, reason: 'throttled' }]);
    expect((await sync(['1,Ann,a@x'], { exportTime: 3_000 })).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toMatchObject({ name: 'Ann' });
  });

  it('and never returns holds back what is older than its record, for good', async () => {
    await sync(['1,Eve,e@x'], { exportTime: 3_000, ledger: diesAfterCall });
    clock.freeze(400_000);
    expect((await sync(['1,Ann,a@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'stale' });
    expect(profiles.get('1')).toMatchObject({ name: 'Eve' });
  });

  it('keeps nobody out who has the same content: it is sent at the end of the invocation', async () => {
    await sync(['1,Eve,e@x'], { runId: 'r', ledger: diesAfterCall });
    expect((await sync(['1,Eve,e@x'], { runId: 'r' })).kinds).toEqual({ 1: 'synced' });
    expect((await sync(['1,Ann,a@x'], { exportTime: 2_000 })).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
  });

  it('is followed by one worker only: what another took over meanwhile is left to it', async () => {
    await sync(['1,Eve,e@x'], { runId: 'r', ledger: diesAfterCall });
    calls = [];
    let reads = 0;
    const { leftOver } = await sync(['1,Eve,e@x'], {
      runId: 'r',
      ledger: (ledger) => ({
        async read(keys) {
          reads += 1;
          const before = await ledger.readOne('1');
          const { entry } = before;
          if (reads === 2 && entry?.claim) {
            await ledger.write('1', before, { ...entry, claim: { ...entry.claim, id: 'another' } });
          }
          return ledger.read(keys);
        },
      }),
    });
    expect([leftOver, calls]).toEqual([[{ row: 2, reason: 'locked' }], []]);
  });
});

describe('a changed mapping', () => {
  const fields = smallMapping().definition.fields;
  const nameOnly = { fields: fields.filter(({ name }) => name !== 'email') };

  it('that changes what is sent sends every row again, also of the same export', async () => {
    await sync(['1,Ann,a@x'], { runId: 'first' });
    clock.freeze(10_000);
    expect((await sync(['1,Ann'], { runId: 'again', mapping: nameOnly })).kinds).toEqual({ 1: 'synced' });
    expect((await sync(['1,Ann'], { runId: 'third', mapping: nameOnly })).kinds).toEqual({ 1: 'unchanged' });
  });

  it('of the source time sends nothing again, and compares with what was sent before by export time', async () => {
    const byRecord = { updatedAt: { column: 'changed' } };
    await sync(['1,Ann,a@x', '2,Bob,b@x', '3,Cas,c@x'], { exportTime: 2_000 });
    clock.freeze(10_000);
    const later = await sync(['1,Ann,a@x,2001-01-01T00:00:00Z', '2,Rob,b@x,2001-01-01T00:00:00Z'], {
      exportTime: 3_000,
      mapping: byRecord,
    });
    expect(later.kinds).toEqual({ 1: 'unchanged', 2: 'synced' });
    const earlier = { exportTime: 1_000, mapping: byRecord };
    expect((await sync(['3,Old,c@x,2025-01-01T00:00:00Z'], earlier)).kinds).toEqual({ 3: 'stale' });
  });
});

describe('two workers', () => {
  it('with the same rows send the same content, and both count it', async () => {
    const rows = ['1,Ann,a@x', '2,Bob,b@x'];
    const [a, b] = await Promise.all([sync(rows, { runId: 'r' }), sync(rows, { runId: 'r' })]);
    for (const { kinds, leftOver } of [a, b]) expect([kinds, leftOver]).toEqual([{ 1: 'synced', 2: 'synced' }, []]);
  });

  it('of two exports: whatever the order of their calls, the newer content is what the service holds', async () => {
    const older = sync(['1,Old,o@x'], {
      exportTime: 1_000,
      during: async () => {
        expect((await sync(['1,New,n@x'], { exportTime: 2_000 })).leftOver).toEqual([{ row: 2, reason: 'locked' }]);
      },
    });
    await older;
    clock.freeze(10_000);
    expect((await sync(['1,New,n@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'synced' });
    expect(profiles.get('1')).toMatchObject({ name: 'New' });
  });
});

describe('full exports without updatedAt', () => {
  const full = { mapping: { exports: { contains: 'full' } as const } };
  const register = (time: number) =>
    createFullExports({
      client: stage.client,
      domainName: stage.domainName,
      runTable: TABLES.run,
      objectTypeName: 'Customer',
    }).register(time);

  it('an older one that still runs does not overwrite what a newer one found unchanged', async () => {
    await sync(['1,F0,x@x'], { exportTime: 1_000, ...full });
    clock.freeze(10_000);
    await register(3_000);
    expect((await sync(['1,F0,x@x'], { exportTime: 3_000, ...full })).kinds).toEqual({ 1: 'unchanged' });
    expect((await sync(['1,F1,x@x'], { exportTime: 2_000, ...full })).kinds).toEqual({ 1: 'stale' });
    expect(profiles.get('1')).toMatchObject({ name: 'F0' });
    calls = [];
    await sync(['1,F0,x@x'], { exportTime: 4_000, ...full });
    expect(calls).toEqual([]);
  });

  it('an older one finds the newer one that looked just before its claim, and wrote nothing', async () => {
    await sync(['1,F0,x@x'], { exportTime: 1_000, ...full });
    clock.freeze(10_000);
    const newerComes = (ledger: Ledger): Partial<Ledger> => ({
      async write(key, seen, entry) {
        if (!seen.entry?.claim) {
          await register(3_000);
          expect((await sync(['1,F0,x@x'], { exportTime: 3_000, ...full })).kinds).toEqual({ 1: 'unchanged' });
        }
        return ledger.write(key, seen, entry);
      },
    });
    expect((await sync(['1,F1,x@x'], { exportTime: 2_000, ...full, ledger: newerComes })).kinds).toEqual({
      1: 'stale',
    });
    expect(profiles.get('1')).toMatchObject({ name: 'F0' });
  });
});

it('of changes: an unchanged row holds back an older export without any call', async () => {
  await sync(['1,F0,x@x'], { exportTime: 1_000 });
  clock.freeze(10_000);
  await sync(['1,F0,x@x'], { exportTime: 3_000 });
  expect((await sync(['1,F1,x@x'], { exportTime: 2_000 })).kinds).toEqual({ 1: 'stale' });
});

it('orders by updatedAt where the mapping names it, whatever the order of the exports', async () => {
  const byRecord = { mapping: { updatedAt: { column: 'changed' } } };
  await sync(['1,New,x@x,2026-01-02T00:00:00Z'], { exportTime: 1_000, ...byRecord });
  clock.freeze(10_000);
  expect((await sync(['1,Old,x@x,2026-01-01T00:00:00Z'], { exportTime: 2_000, ...byRecord })).kinds).toEqual({
    1: 'stale',
  });
});
