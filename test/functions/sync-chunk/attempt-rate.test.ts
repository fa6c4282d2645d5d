import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptRate, type ChunkProgress, RATE_SLOT_MS } from '../../../functions/shared/contracts.ts';
import { createRateNotes, MAX_LIMITS, MAX_SLOTS } from '../../../functions/sync-chunk/attempt-rate.ts';
import { attempt, START } from '../../helpers/attempt.ts';

const SLOT = START / RATE_SLOT_MS;
/** Bytes that DynamoDB takes for one write unit. */
const WRITE_UNIT = 1_024;

const LARGE_USE = { ms: 360_000, mib: 10_240, reads: 20_000.5, writes: 100_000, puts: 2, gets: 1 };

type Call = readonly [afterMs: number, isThrottled: boolean, limit: number | undefined];

/** What an attempt has noted that begins at START and makes these calls. */
function notesOf(calls: readonly Call[], endsAfterMs = 0): AttemptRate {
  let now = START;
  let limit: number | undefined;
  const notes = createRateNotes({ clock: { now: () => now }, limit: () => limit });
  for (const [afterMs, isThrottled, inForce] of calls) {
    now += afterMs;
    limit = inForce;
    notes.addCall({ isThrottled });
  }
  now += endsAfterMs;
  return notes.noted();
}

const sum = (values: readonly number[] = []): number => values.reduce((total, value) => total + value, 0);

/**
 * Bytes of a value in DynamoDB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html, read 2026-11.
 */
function bytesOf(value: unknown): number {
  if (typeof value === 'number') return 1 + Math.ceil(String(value).length / 2);
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return 3 + sum(value.map((element) => 1 + bytesOf(element)));
  const entries = Object.entries(value as object);
  return 3 + sum(entries.map(([name, each]) => 1 + name.length + bytesOf(each)));
}

describe('the rate of an attempt', () => {
  it('is its calls and throttles per slot, with the limit from where it changed', () => {
    const calls: Call[] = [
      [100, false, 80],
      [100, false, 80],
      [RATE_SLOT_MS, true, 79.6],
      [RATE_SLOT_MS * 2, false, 60.4],
    ];
    expect(notesOf(calls)).toEqual({
      firstSlot: SLOT,
      calls: [2, 1, 0, 1],
      throttled: [0, 1, 0, 0],
      limits: [
        [0, 80],
        [3, 60],
      ],
    });
  });

  it('goes on to now, also without a call, and says nothing of throttles that there were not', () => {
    expect(notesOf([[0, false, undefined]], RATE_SLOT_MS * 3)).toEqual({
      firstSlot: SLOT,
      calls: [1, 0, 0, 0],
      limits: [],
    });
  });

  const anyCalls = fc.array(
    fc.tuple(
      fc.integer({ min: -20_000, max: 60_000 }),
      fc.boolean(),
      fc.option(fc.double({ min: 0, max: 5_000, noNaN: true }), { nil: undefined }),
    ),
    { maxLength: 400 },
  );

  it('holds each call once, whatever its clock does', () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const { calls: counted, throttled } = notesOf(calls);
        expect(sum(counted)).toBe(calls.length);
        expect(sum(throttled)).toBe(calls.filter(([, isThrottled]) => isThrottled).length);
        expect([counted.length, undefined]).toContain(throttled?.length);
      }),
    );
  });

  it('has each slot up to the end, and limits in ascending order within them', () => {
    fc.assert(
      fc.property(anyCalls, fc.nat({ max: 1_000_000 }), (calls, endsAfterMs) => {
        const forward = calls.map(([afterMs, ...rest]): Call => [Math.abs(afterMs) / 100, ...rest]);
        const { calls: counted, limits } = notesOf(forward, endsAfterMs);
        const lasted = sum(forward.map(([afterMs]) => afterMs)) + endsAfterMs;
        expect(counted).toHaveLength(Math.min(MAX_SLOTS, 1 + Math.floor(lasted / RATE_SLOT_MS)));
        const indexes = limits.map(([index]) => index);
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
        for (const index of indexes) expect(counted[index]).toBeDefined();
        expect(limits.length).toBeLessThanOrEqual(MAX_LIMITS);
      }),
    );
  });

  it('keeps the large changes of a limit that changed all the time', () => {
    const climb = Array.from({ length: 30 }, (_, slot): Call => [RATE_SLOT_MS, false, 20 + 2 * slot]);
    const { limits } = notesOf([[0, false, 80], ...climb, [RATE_SLOT_MS, true, 5]]);
    expect(limits).toHaveLength(MAX_LIMITS);
    expect(limits[0]).toEqual([0, 80]);
    expect(limits.at(-1)).toEqual([31, 5]);
    const [, [, lowest] = []] = limits;
    expect(lowest).toBeLessThan(25);
  });

  /** The item of an attempt that lasts as long as one may, with so many calls in each slot. */
  function longestItem(callsPerSlot: number, call: (slot: number, n: number) => readonly [boolean, number]) {
    const calls = Array.from({ length: MAX_SLOTS }, (_, slot) =>
      Array.from({ length: callsPerSlot }, (__, n): Call => [n === 0 && slot > 0 ? RATE_SLOT_MS : 0, ...call(slot, n)]),
    ).flat();
    const rate = notesOf(calls);
    expect(rate.calls).toHaveLength(MAX_SLOTS);
    const progress: ChunkProgress = {
      ...attempt({ chunk: 9_999, redrive: 9, retry: 2_999, ended: 'ItemsThrottled', rate, use: LARGE_USE }),
      ...{ rows: 99_999, synced: 99_999, calls: sum(rate.calls), throttled: sum(rate.throttled) },
    };
    return { run: 'r'.repeat(80), item: 'progress#009999#000009#002999', ...progress, ttl: START / 1_000 };
  }

  it('lets the note of an attempt stay one write unit if nothing is throttled', () => {
    expect(bytesOf(longestItem(99, () => [false, 80]))).toBeLessThan(WRITE_UNIT);
  });

  it('lets it stay two, even if half the calls are throttled all the time', () => {
    const item = longestItem(200, (slot, n) => [n % 2 === 0, slot * 37]);
    expect(item.rate?.limits).toHaveLength(MAX_LIMITS);
    expect(bytesOf(item)).toBeLessThan(2 * WRITE_UNIT);
  });
});
