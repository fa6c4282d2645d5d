import { type AttemptRate, type ChunkProgress, RATE_SLOT_MS } from '../contracts.ts';
import { type Span, workSpans } from './work-clock.ts';

/** The calls of a run over time, evenly spaced but for the times in which it lay still, which are left out. */
export interface RateSeries {
  /** Milliseconds of each interval, a multiple of RATE_SLOT_MS; the last one before the run lay still may be shorter. */
  readonly step: number;
  readonly points: readonly RatePoint[];
}

export interface RatePoint {
  /** The interval, epoch milliseconds. Where the next one begins later than this ends, the run lay still in between. */
  readonly from: number;
  readonly until: number;
  /** Calls per second in the interval, throttled ones included, and those of them that were throttled. */
  readonly calls: number;
  readonly throttled: number;
  /** The limit in force, the lowest that a worker saw; undefined while no worker was at work. */
  readonly limit: number | undefined;
}

interface Slot {
  calls: number;
  throttled: number;
  limit: number | undefined;
}

/** Numbers of slots, `[first, end)`. */
interface SlotRange {
  readonly first: number;
  readonly end: number;
}

/** @param maxPoints intervals are as short as this allows. */
export function rateSeries(attempts: readonly ChunkProgress[], maxPoints: number): RateSeries {
  const slots = new Map<number, Slot>();
  for (const attempt of attempts) {
    if (attempt.rate) addRate(slots, attempt.rate);
    else spread(slots, attempt);
  }
  const ranges = workSpans(attempts.map(withItsSlots)).map(slotRange);
  const width = narrowest(ranges, maxPoints);
  const points = ranges.flatMap(({ first, end }) =>
    Array.from({ length: Math.ceil((end - first) / width) }, (_, index) => {
      const begin = first + index * width;
      return pointOf(slots, { first: begin, end: Math.min(begin + width, end) });
    }),
  );
  return { step: width * RATE_SLOT_MS, points };
}

/** Whether the run noted its calls over time; one of an older deployment did not. */
export function hasRates(attempts: readonly ChunkProgress[]): boolean {
  return attempts.some(({ rate }) => rate !== undefined);
}

function addRate(slots: Map<number, Slot>, rate: AttemptRate): void {
  const limits = new Map(rate.limits);
  let limit: number | undefined;
  rate.calls.forEach((calls, index) => {
    limit = limits.get(index) ?? limit;
    const slot = slotAt(slots, rate.firstSlot + index);
    slot.calls += calls;
    slot.throttled += rate.throttled?.[index] ?? 0;
    if (limit !== undefined) slot.limit = Math.min(limit, slot.limit ?? limit);
  });
}

/** Of an attempt that noted its totals alone: evenly over its time. */
function spread(slots: Map<number, Slot>, attempt: ChunkProgress): void {
  const { first, end } = slotRange(spanOf(attempt));
  for (let number = first; number < end; number += 1) {
    const slot = slotAt(slots, number);
    slot.calls += attempt.calls / (end - first);
    slot.throttled += attempt.throttled / (end - first);
  }
}

function slotAt(slots: Map<number, Slot>, number: number): Slot {
  const known = slots.get(number);
  if (known) return known;
  const slot: Slot = { calls: 0, throttled: 0, limit: undefined };
  slots.set(number, slot);
  return slot;
}

function spanOf({ startedAt, updatedAt }: ChunkProgress): Span {
  return { from: startedAt, until: Math.max(startedAt, updatedAt) };
}

/** Its last slots may begin after its last update was noted, its first ones before it if clocks differ. */
function withItsSlots(attempt: ChunkProgress): Pick<ChunkProgress, 'startedAt' | 'updatedAt'> {
  const { rate, startedAt, updatedAt } = attempt;
  if (!rate || rate.calls.length === 0) return { startedAt, updatedAt };
  return {
    startedAt: Math.min(startedAt, rate.firstSlot * RATE_SLOT_MS),
    updatedAt: Math.max(updatedAt, (rate.firstSlot + rate.calls.length) * RATE_SLOT_MS - 1),
  };
}

function slotRange({ from, until }: Span): SlotRange {
  return { first: Math.floor(from / RATE_SLOT_MS), end: Math.floor(until / RATE_SLOT_MS) + 1 };
}

/** Slots per interval, so that there are at most as many intervals; more spans than that have one each. */
function narrowest(ranges: readonly SlotRange[], maxPoints: number): number {
  const widest = Math.max(1, ...ranges.map(({ first, end }) => end - first));
  const intervals = (width: number): number =>
    ranges.reduce((sum, { first, end }) => sum + Math.ceil((end - first) / width), 0);
  const total = intervals(1);
  let width = Math.min(widest, Math.max(1, Math.ceil(total / maxPoints)));
  while (width < widest && intervals(width) > maxPoints) width += 1;
  return width;
}

function pointOf(slots: ReadonlyMap<number, Slot>, { first, end }: SlotRange): RatePoint {
  const sum: Slot = { calls: 0, throttled: 0, limit: undefined };
  for (let number = first; number < end; number += 1) {
    const slot = slots.get(number);
    if (!slot) continue;
    sum.calls += slot.calls;
    sum.throttled += slot.throttled;
    if (slot.limit !== undefined) sum.limit = Math.min(slot.limit, sum.limit ?? slot.limit);
  }
  const seconds = ((end - first) * RATE_SLOT_MS) / 1000;
  return {
    from: first * RATE_SLOT_MS,
    until: end * RATE_SLOT_MS,
    calls: sum.calls / seconds,
    throttled: sum.throttled / seconds,
    limit: sum.limit,
  };
}
