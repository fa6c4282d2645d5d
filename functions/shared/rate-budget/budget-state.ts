/**
 * The rate budget as arithmetic on its one item. Permit k of second s is used from `s + k/pace` on and lapses a quarter
 * of a second later, so permits of any second ≤ limit, and calls started in any w seconds ≤ limit × (w + 0.25).
 */

/** Milliseconds after its time in which a permit may still be used. */
export const PERMIT_LAPSES_MS = 250;
/** Batch leaves the reserve to live events for this long after the last of them asked. */
export const LIVE_MEMORY_MS = 60_000;
/** The limit falls at most once in this time, however many workers were throttled. */
export const FALL_AT_MOST_EVERY_MS = 2_000;
const FALL_FACTOR = 0.75;
/** The share of the quota by which the limit climbs back per second. */
const CLIMB_PER_SECOND = 0.01;
/** Calls per second below which the limit never falls. */
export const MIN_LIMIT_PER_SECOND = 5;

/** The item in BudgetTable. All times are epoch milliseconds, except `second` (epoch seconds). */
export interface BudgetState {
  /** The second that permits are given for now, its pace (the limit when it was opened), and how many are given. */
  readonly second: number;
  readonly pace: number;
  readonly granted: number;
  /** Permits ever given: tells a worker whether anybody else called meanwhile. */
  readonly total: number;
  /** The limit after the last fall, and when that was; the climb back since then needs no write. */
  readonly fallenTo?: number;
  readonly fellAt?: number;
  readonly liveAskedAt?: number;
  /** When the service last accepted a call of anybody, as far as noted. */
  readonly acceptedAt?: number;
  /** An operator's quota in place of the plan's. */
  readonly quota?: number;
}

export const NEW_BUDGET: BudgetState = { second: 0, pace: 0, granted: 0, total: 0 };

export interface Asker {
  readonly kind: 'batch' | 'live';
  /** Calls per second of the plan, and how many of them batch leaves to live events. */
  readonly quota: number;
  readonly reserve: number;
}

/** Permits `first … first + count - 1` of one second. */
export interface Grant {
  readonly second: number;
  readonly pace: number;
  readonly first: number;
  readonly count: number;
}

/** Calls per second that are in force for everyone. */
export function limitInForce(state: BudgetState, asker: Asker, now: number): number {
  const quota = state.quota ?? asker.quota;
  if (state.fallenTo === undefined || state.fellAt === undefined) return quota;
  const climbed = state.fallenTo + ((now - state.fellAt) / 1000) * quota * CLIMB_PER_SECOND;
  return Math.min(quota, Math.max(MIN_LIMIT_PER_SECOND, climbed));
}

/** How many permits of a second with this pace the asker may reach. */
function reach(state: BudgetState, asker: Asker, pace: number, now: number): number {
  const limit = Math.min(pace, limitInForce(state, asker, now));
  const liveLately = state.liveAskedAt !== undefined && now - state.liveAskedAt < LIVE_MEMORY_MS;
  if (asker.kind === 'live' || !liveLately) return Math.floor(limit);
  // The reserve shrinks with the limit and an operator's quota, so that batch is slowed and not stopped.
  return Math.floor(limit * (1 - asker.reserve / asker.quota));
}

/**
 * Up to `wanted` permits of this second or, when it is used up, of the next one. Undefined if that is used up too: ask
 * again when the next second has begun.
 */
export function grant(state: BudgetState, asker: Asker, wanted: number, now: number): Grant | undefined {
  const current = Math.floor(now / 1000);
  const limit = limitInForce(state, asker, now);
  const open = state.second >= current ? state : { second: current, pace: limit, granted: 0 };
  // Another clock is ahead of ours by more than the second that is given out ahead: its permits are not for now.
  if (open.second > current + 1) return undefined;

  const past = open.second === current ? Math.ceil(((now % 1000) / 1000) * open.pace) : 0;
  const first = Math.max(open.granted, past);
  const left = reach(state, asker, open.pace, now) - first;
  if (left > 0) return { second: open.second, pace: open.pace, first, count: Math.min(wanted, left) };
  if (open.second > current) return undefined;
  const count = Math.min(wanted, reach(state, asker, limit, now));
  return count > 0 ? { second: current + 1, pace: limit, first: 0, count } : undefined;
}

/** The state with that grant given out. */
export function afterGrant(state: BudgetState, asker: Asker, given: Grant, now: number): BudgetState {
  return {
    ...state,
    second: given.second,
    pace: given.pace,
    granted: given.first + given.count,
    total: state.total + given.count,
    ...(asker.kind === 'live' && { liveAskedAt: now }),
  };
}

/** The state after the service throttled all the same: another application shares the quota. Undefined: fell just now. */
export function afterThrottle(state: BudgetState, asker: Asker, now: number): BudgetState | undefined {
  if (state.fellAt !== undefined && now - state.fellAt < FALL_AT_MOST_EVERY_MS) return undefined;
  const fallenTo = Math.max(MIN_LIMIT_PER_SECOND, limitInForce(state, asker, now) * FALL_FACTOR);
  return { ...state, fallenTo, fellAt: now };
}

/** Epoch milliseconds from which permit k of the grant may be used. */
export function permitTime(given: Grant, k: number): number {
  return given.second * 1000 + ((given.first + k) / given.pace) * 1000;
}
