/**
 * The rate budget as arithmetic on its one item. A permit is a time from which one call may start; it lapses a quarter of a
 * second later. Permits come in two lanes, each evenly spaced: the reserve, of which batch gets only what is left over while there
 * are live events, and the open lane. Together they have the rate of the limit, so in any w seconds at most limit × (w + 0.25) calls
 * start, rounded up for each lane.
 */

/** Milliseconds after its time in which a permit may still be used. */
export const PERMIT_LAPSES_MS = 250;
/** How far ahead a lane begins again that was used up to now: for batch, room for the claim that comes before the call. */
export const BEGINS_AHEAD_MS: Readonly<Record<Asker['kind'], number>> = { batch: 100, live: 0 };
/**
 * How far ahead permits are given out. It carries batch over a pause of the table. Live events that have used up the reserve
 * go on in the open lane right behind what batch has taken, so they wait as long as batch's time and hardly longer.
 */
export const AHEAD_MS: Readonly<Record<Asker['kind'], number>> = { batch: 500, live: 2_000 };
/** Blocks that one second's permits are given out in: few writes, and small shares, so that each of many workers gets one. */
export const BLOCKS_PER_SECOND = 16;
/** Below this lead a block may be larger: writes of a slow table are few, and each then has to give out more. */
const LITTLE_AHEAD_MS = AHEAD_MS.batch / 2;
/** For this long after the last live event asked, live events have the reserve first. */
export const LIVE_MEMORY_MS = 60_000;
/**
 * How long after its time a permit of the reserve is still given out, while there are live events: to them, or to batch what they did
 * not want. What is left until it lapses is for the claim.
 */
export const LEFT_OVER_MS = 150;
/** The limit falls at most once in this time, however many workers were throttled. */
export const FALL_AT_MOST_EVERY_MS = 2_000;
const FALL_FACTOR = 0.75;
/** The share of the quota by which the limit climbs back per second. */
const CLIMB_PER_SECOND = 0.01;
/** Calls per second below which the limit never falls. */
export const MIN_LIMIT_PER_SECOND = 5;

/** The item in BudgetTable. All times are epoch milliseconds. */
export interface BudgetState {
  /** The time of the next permit of each lane. */
  readonly openNext: number;
  readonly reserveNext: number;
  /** Permits ever given: tells a worker whether anybody else called meanwhile. */
  readonly total: number;
  /** The limit after the last fall, and when that was; the climb back since then needs no write. */
  readonly fallenTo?: number;
  readonly fellAt?: number;
  readonly liveAskedAt?: number;
  /** When the service last accepted a call of anybody, as far as noted. */
  readonly acceptedAt?: number;
  /** An operator's quota in place of the plan's, from 0 (no calls) up. */
  readonly quota?: number;
  /** The operator's quota that a pause has replaced by 0; in force again when the pause ends. */
  readonly quotaAfterPause?: number;
}

export const NEW_BUDGET: BudgetState = { openNext: 0, reserveNext: 0, total: 0 };

export interface Asker {
  readonly kind: 'batch' | 'live';
  /** Calls per second of the plan, and how many of them batch leaves to live events. */
  readonly quota: number;
  readonly reserve: number;
}

export interface Grant {
  /** Epoch milliseconds from which each call may start, ascending. */
  readonly times: readonly number[];
  /** In which they are given out. */
  readonly state: BudgetState;
}

/** The quota that an operator set. What a person wrote into the item may be no number at all: then it is none. */
export function operatorsQuota({ quota }: Pick<BudgetState, 'quota'>): number | undefined {
  return typeof quota === 'number' && quota >= 0 ? quota : undefined;
}

function quotaOf(state: BudgetState, asker: Asker): number {
  return operatorsQuota(state) ?? asker.quota;
}

/** Calls per second that are in force for everyone. */
export function limitInForce(state: BudgetState, asker: Asker, now: number): number {
  const quota = quotaOf(state, asker);
  if (state.fallenTo === undefined || state.fellAt === undefined) return quota;
  const climbed = state.fallenTo + ((now - state.fellAt) / 1000) * quota * CLIMB_PER_SECOND;
  return Math.min(quota, Math.max(MIN_LIMIT_PER_SECOND, climbed));
}

/** When the limit after its last fall is the quota again, epoch milliseconds; undefined if it never was below it. */
export function limitIsBackAt(state: BudgetState, asker: Asker): number | undefined {
  const quota = quotaOf(state, asker);
  if (state.fallenTo === undefined || state.fellAt === undefined || state.fallenTo >= quota) return undefined;
  return state.fellAt + ((quota - state.fallenTo) / (quota * CLIMB_PER_SECOND)) * 1000;
}

/** A block of at most `wanted` permits, the earliest there are. Undefined: all that are not too far ahead are given. */
export function grant(state: BudgetState, asker: Asker, wanted: number, now: number): Grant | undefined {
  const limit = limitInForce(state, asker, now);
  if (limit <= 0) return undefined;
  // A share, so that it shrinks with the limit and an operator's quota: batch is slowed and not stopped.
  const reserveShare = asker.reserve / asker.quota;
  const notPast = (next: number) => (next > now ? next : now + BEGINS_AHEAD_MS[asker.kind]);
  const open = { next: notPast(state.openNext), spacing: 1000 / (limit * (1 - reserveShare)) };
  const liveLately = state.liveAskedAt !== undefined && now - state.liveAskedAt < LIVE_MEMORY_MS;
  const isLeftOver = asker.kind === 'batch' && liveLately;
  const isTakenAhead = asker.kind === 'batch' && !liveLately;
  const reserve = {
    next: isTakenAhead ? notPast(state.reserveNext) : Math.max(state.reserveNext, now - LEFT_OVER_MS),
    spacing: 1000 / (limit * reserveShare),
  };
  const mayUseReserve = () => reserveShare > 0 && (!isLeftOver || reserve.next <= now);
  const earlier = () => (mayUseReserve() && reserve.next <= open.next ? reserve : open);
  // What is left over of the reserve comes with the next block, so that it costs no write of its own.
  if ((isLeftOver ? open : earlier()).next > now + AHEAD_MS[asker.kind]) return undefined;

  const times: number[] = [];
  const block = Math.ceil(limit / BLOCKS_PER_SECOND);
  while (times.length < wanted) {
    const lane = earlier();
    if (times.length >= block && lane.next > now + LITTLE_AHEAD_MS) break;
    times.push(lane.next);
    lane.next += lane.spacing;
  }
  return {
    times,
    state: {
      ...state,
      openNext: open.next,
      reserveNext: reserve.next,
      total: state.total + times.length,
      ...(asker.kind === 'live' && { liveAskedAt: now }),
    },
  };
}

/** The state after the service throttled all the same: another application shares the quota. Undefined: fell just now. */
export function afterThrottle(state: BudgetState, asker: Asker, now: number): BudgetState | undefined {
  if (state.fellAt !== undefined && now - state.fellAt < FALL_AT_MOST_EVERY_MS) return undefined;
  const fallenTo = Math.max(MIN_LIMIT_PER_SECOND, limitInForce(state, asker, now) * FALL_FACTOR);
  return { ...state, fallenTo, fellAt: now };
}
