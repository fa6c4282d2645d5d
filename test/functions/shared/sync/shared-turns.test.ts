import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProfilesAccessDenied } from '../../../../functions/shared/errors.ts';
import {
  type BatchWriter,
  type ItemResult,
  MAX_CALL_LENGTH,
} from '../../../../functions/shared/profiles/batch-writer.ts';
import type { PutResult } from '../../../../functions/shared/profiles/profile-writer.ts';
import { RECORDS_PER_CALL } from '../../../../functions/shared/rate-budget/api-rates.ts';
import { createPermitQueue } from '../../../../functions/shared/rate-budget/permit-queue.ts';
import type { Turns } from '../../../../functions/shared/sync/turns.ts';
import { createTurnsByCall } from '../../../../functions/shared/sync/turns-by-call.ts';
import { createTurnsByItem } from '../../../../functions/shared/sync/turns-by-item.ts';
import { createFakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';

const WAYS = { item: createTurnsByItem, call: createTurnsByCall };
type Way = keyof typeof WAYS;
const EACH: readonly Way[] = ['item', 'call'];
/** Milliseconds between two permits: so few that records wait for them. */
const SPACING_MS = { item: 20, call: 180 };
const PERMIT_LAPSES_MS = 250;

interface Call {
  readonly at: number;
  readonly objects: readonly string[];
}

/** Evenly spaced permits, up to half a second ahead, as the budget gives them. */
function permitsOf(clock: FakeClock, spacing: number) {
  let next = 0;
  return createPermitQueue({
    budget: {
      api: 'BatchPutProfileObject',
      taken: 0,
      limit: 1_000 / spacing,
      async take(wanted) {
        await clock.sleep(5);
        next = Math.max(next, clock.now());
        const times: number[] = [];
        for (; times.length < wanted && next <= clock.now() + 500; next += spacing) times.push(next);
        return times;
      },
      throttled: async () => {},
      accepted: () => {},
      flush: async () => {},
      look: async () => ({ limit: 80, total: 0, acceptedAt: undefined }),
    },
    clock,
    until: Number.MAX_SAFE_INTEGER,
    random: () => 0.5,
  });
}

function world(way: Way, answer: (objects: readonly string[]) => Awaited<ReturnType<BatchWriter['put']>>) {
  const clock = createFakeClock();
  const calls: Call[] = [];
  const heard: PutResult['kind'][] = [];
  const writer: BatchWriter = {
    async put(objects) {
      calls.push({ at: clock.now(), objects });
      await clock.sleep(300);
      return answer(objects);
    },
  };
  const turns = WAYS[way]({
    permits: permitsOf(clock, SPACING_MS[way]),
    writer,
    clock,
    onCall: (kind) => heard.push(kind),
  });
  return { clock, calls, heard, turns };
}

/** A record's way through turns, as RecordSync goes it. */
async function sendOne(
  turns: Turns,
  object: string,
  claim: () => Promise<unknown> = async () => {},
): Promise<PutResult> {
  let isClaimed = false;
  for (let alone = false; ; ) {
    const turn = await turns.next(alone);
    if (!isClaimed) await claim();
    isClaimed = true;
    const result = await turn.send(object);
    if (result.kind !== 'passed') return result;
    alone ||= result.alone;
  }
}

const accepted = (objects: readonly string[]): ItemResult[] => objects.map(() => ({ kind: 'accepted' }));
const sizes = (calls: readonly Call[]) => calls.map(({ objects }) => objects.length);

describe.each(EACH)('records that share calls, with a permit for each %s', (way) => {
  it('are each sent once and hear their own result, at most ten in a call, never beyond the rate', async () => {
    const record = fc.record({
      comesAfter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
      claimTakes: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }) },
        fc.integer({ min: 0, max: 1_500 }),
      ),
      isNotNeeded: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
      isLarge: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
      fate: fc.constantFrom<PutResult['kind']>('accepted', 'accepted', 'throttled', 'refused', 'failed'),
    });
    const stories = fc.oneof(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.array(record, { minLength: 40, maxLength: 80, size: 'max' }),
    );
    const freezes = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(stories, freezes, async (story, freezesAt) => {
        const objects = story.map(({ isLarge }, index) => `${index}:${'x'.repeat(isLarge ? MAX_CALL_LENGTH / 2 : 5)}`);
        const fateOf = (object: string) => story[Number.parseInt(object, 10)]?.fate ?? 'failed';
        const { clock, calls, heard, turns } = world(way, (sent) =>
          sent.map((object): ItemResult => {
            const kind = fateOf(object);
            if (kind === 'refused') return { kind, reason: object.slice(0, 4) };
            return kind === 'failed' ? { kind, open: false } : { kind };
          }),
        );
        for (const after of freezesAt) void clock.sleep(after).then(() => clock.freeze(after % 2 === 0 ? 240 : 400));
        const results = await clock.until(
          Promise.all(
            story.map(async ({ comesAfter, claimTakes, isNotNeeded }, index) => {
              await clock.sleep(comesAfter);
              const object = objects[index] ?? '';
              if (!isNotNeeded) return (await sendOne(turns, object, () => clock.sleep(claimTakes))).kind;
              const turn = await turns.next(false);
              await clock.sleep(claimTakes);
              turn.giveBack();
              return 'given back';
            }),
          ),
        );
        expect(results).toEqual(story.map(({ isNotNeeded, fate }) => (isNotNeeded ? 'given back' : fate)));
        const sent = calls.flatMap((call) => call.objects);
        expect(sent.length).toBe(story.filter(({ isNotNeeded }) => !isNotNeeded).length);
        expect(new Set(sent).size).toBe(sent.length);
        for (const call of calls) {
          expect(call.objects.length).toBeLessThanOrEqual(RECORDS_PER_CALL);
          const length = call.objects.join('').length;
          expect(call.objects.length === 1 || length <= MAX_CALL_LENGTH).toBe(true);
        }
        const starts =
          way === 'item' ? calls.flatMap(({ at, objects }) => objects.map(() => at)) : calls.map(({ at }) => at);
        expect(heard.length).toBe(starts.length);
        for (const [first, from] of starts.entries()) {
          for (const [last, to] of starts.entries()) {
            if (last < first) continue;
            expect(last - first + 1).toBeLessThanOrEqual((to - from + PERMIT_LAPSES_MS) / SPACING_MS[way] + 1);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('fill their calls while more want to be sent than the rate allows', async () => {
    const { clock, calls, turns } = world(way, accepted);
    await clock.until(Promise.all(Array.from({ length: 400 }, (_, index) => sendOne(turns, `${index}`))));
    const full = sizes(calls).filter((size) => size === (way === 'call' ? 10 : 8)).length;
    expect(full).toBeGreaterThan(calls.length * 0.8);
  });

  it('do not wait for others when there are none', async () => {
    const { clock, calls, turns } = world(way, accepted);
    const from = clock.now();
    await clock.until(sendOne(turns, 'one'));
    expect(calls.map(({ at }) => at - from)).toEqual([5]);
  });

  it('do not wait beyond their time for one whose claim takes long', async () => {
    const { clock, calls, turns } = world(way, accepted);
    const from = clock.now();
    const slow = sendOne(turns, 'slow', () => clock.sleep(2_000));
    await clock.until(Promise.all([slow, sendOne(turns, 'quick')]));
    expect(calls.map(({ objects }) => objects)).toEqual([['quick'], ['slow']]);
    expect((calls[0]?.at ?? 0) - from).toBeLessThanOrEqual(5 + SPACING_MS[way] + PERMIT_LAPSES_MS);
  });

  it('give the permit of one that is not sent after all to the next', async () => {
    const { clock, calls, turns } = world(way, accepted);
    const from = clock.now();
    const turn = await clock.until(turns.next(true));
    const other = turns.next(true);
    turn.giveBack();
    const { send } = await clock.until(other);
    await clock.until(send('other'));
    expect(calls.map(({ at }) => at - from)).toEqual([5]);
  });

  it('that the service refuses as a whole are sent one by one: it did not say whose fault it was', async () => {
    const { clock, calls, turns, heard } = world(way, (objects) =>
      objects.some((object) => object === '3') ? { kind: 'refused', reason: 'one of them' } : accepted(objects),
    );
    const kinds = await clock.until(Promise.all(['1', '2', '3', '4'].map((object) => sendOne(turns, object))));
    expect(kinds.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'refused', 'accepted']);
    // The first that asks for a permit gets one before the others have asked.
    expect(sizes(calls)).toEqual(way === 'item' ? [1, 3, 1, 1, 1] : [4, 1, 1, 1, 1]);
    expect(heard).toHaveLength(way === 'item' ? 7 : 5);
  });

  it('all have the result of a call that fails, and the error that it ends with', async () => {
    let answer: () => PutResult = () => ({ kind: 'failed', open: true });
    const { clock, turns } = world(way, () => answer());
    const three = () => clock.until(Promise.allSettled(['1', '2', '3'].map((object) => sendOne(turns, object))));
    expect(await three()).toEqual(Array(3).fill({ status: 'fulfilled', value: { kind: 'failed', open: true } }));
    const denied = new ProfilesAccessDenied('denied');
    answer = () => {
      throw denied;
    };
    expect(await three()).toEqual(Array(3).fill({ status: 'rejected', reason: denied }));
  });

  it('meet an error of one of them alone', async () => {
    const denied = new ProfilesAccessDenied('denied');
    const { clock, turns } = world(way, (objects) =>
      objects.map((object) => (object === '2' ? denied : { kind: 'accepted' })),
    );
    const ends = await clock.until(Promise.allSettled(['1', '2', '3'].map((object) => sendOne(turns, object))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('are refused together when no more calls are made', async () => {
    const { clock, turns } = world(way, accepted);
    const waiting = Promise.allSettled(['1', '2'].map((object) => sendOne(turns, object)));
    turns.close(new Error('over'));
    expect((await clock.until(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

it('a record that comes late in its permit takes the call that gathers with it at once', async () => {
  const { clock, turns } = world('item', accepted);
  let taken = 0;
  const counting: Turns = {
    ...turns,
    next(alone) {
      taken += 1;
      return turns.next(alone);
    },
  };
  const records = Array.from({ length: 40 }, (_, index) =>
    sendOne(counting, `${index}`, () => clock.sleep(index === 12 ? 470 : 0)),
  );
  await clock.until(Promise.all(records));
  expect(taken).toBe(40);
});

it('a record that comes after a call has left takes no seat in it', async () => {
  const { clock, turns } = world('call', accepted);
  await clock.until(sendOne(turns, 'first'));
  const turn = await clock.until(turns.next(false));
  expect(await clock.until(turn.send('second'))).toEqual({ kind: 'accepted' });
});

it('a call of which calls are counted is throttled only if all of it was', async () => {
  const { clock, heard, turns } = world('call', (objects) =>
    objects.map((object) => ({ kind: object === '1' ? 'accepted' : 'throttled' })),
  );
  await clock.until(Promise.all(['1', '2', '3'].map((object) => sendOne(turns, object))));
  await clock.until(Promise.all(['2', '3'].map((object) => sendOne(turns, object))));
  expect(heard).toEqual(['accepted', 'throttled']);
});
