import { RUNTIME_ERROR } from './errors.ts';
import type { Fields } from './fields.ts';
import type { Random } from './random.ts';

/** One entry of a state's Retry. */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly jitter: 'NONE' | 'FULL';
}

/** Bounds and defaults: docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const MAX_INTERVAL_SECONDS = 99_999_999;
const MAX_ATTEMPTS = 99_999_999;
const MAX_DELAY_SECONDS = 31_622_400;

export function loadRetriers(fields: Fields): readonly Retrier[] {
  const list = fields.list('Retry') ?? [];
  return list.map((entry, i) => {
    entry.string('Comment');
    const retrier: Retrier = {
      errorEquals: loadErrorEquals(entry, i === list.length - 1),
      intervalSeconds: entry.integer('IntervalSeconds', { min: 1, max: MAX_INTERVAL_SECONDS }) ?? 1,
      maxAttempts: entry.integer('MaxAttempts', { max: MAX_ATTEMPTS }) ?? 3,
      backoffRate: entry.number('BackoffRate', { min: 1 }) ?? 2,
      maxDelaySeconds: entry.integer('MaxDelaySeconds', { min: 1, max: MAX_DELAY_SECONDS }) ?? Number.POSITIVE_INFINITY,
      jitter: entry.oneOf('JitterStrategy', ['NONE', 'FULL']) ?? 'NONE',
    };
    entry.finish();
    return retrier;
  });
}

/** ErrorEquals of a retrier or a catcher: States.ALL stands alone, and in the last one. */
export function loadErrorEquals(entry: Fields, isLast: boolean): readonly string[] {
  if (!entry.has('ErrorEquals')) entry.fault('ErrorEquals', 'is required');
  const names = entry.strings('ErrorEquals') ?? [];
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    entry.fault('ErrorEquals', 'States.ALL must stand alone, in the last entry');
  }
  return names;
}

/**
 * Whether one of the names stands for the error. No name stands for `States.Runtime`. The guide says that States.ALL
 * leaves States.DataLimitExceeded out; AWS was recorded catching it (LocalStack's snapshots), so here it matches too.
 */
export function matchesError(names: readonly string[], error: string | undefined): boolean {
  if (error === RUNTIME_ERROR) return false;
  return names.some(
    (name) => name === 'States.ALL' || name === error || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

/** The retriers of one visit of a state, with how often each was used. */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #used: number[];

  constructor(retriers: readonly Retrier[]) {
    this.#retriers = retriers;
    this.#used = retriers.map(() => 0);
  }

  /**
   * Milliseconds to wait before the state is tried again; undefined if it is not. The first retrier that matches
   * decides: once it is exhausted, later ones are not asked.
   */
  next(error: string | undefined, random: Random): number | undefined {
    const index = this.#retriers.findIndex(({ errorEquals }) => matchesError(errorEquals, error));
    const retrier = this.#retriers[index];
    const used = this.#used[index] ?? 0;
    if (retrier === undefined || used >= retrier.maxAttempts) return undefined;
    this.#used[index] = used + 1;
    return retryDelayMs(retrier, used, random);
  }
}

/** @param used how often this retrier was used before, from 0. */
export function retryDelayMs(retrier: Retrier, used: number, random: Random): number {
  const seconds = Math.min(retrier.intervalSeconds * retrier.backoffRate ** used, retrier.maxDelaySeconds);
  return 1000 * seconds * (retrier.jitter === 'FULL' ? random.number() : 1);
}
