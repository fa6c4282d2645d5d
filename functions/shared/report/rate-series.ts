import type { ChunkProgress } from '../contracts.ts';

/** The calls of a run over time, evenly spaced. */
export interface RateSeries {
  /** Epoch milliseconds at which the first interval begins. */
  readonly from: number;
  /** Milliseconds of each interval, a multiple of RATE_SLOT_MS. */
  readonly step: number;
  readonly points: readonly RatePoint[];
}

export interface RatePoint {
  /** Calls per second in the interval, throttled ones included, and those of them that were throttled. */
  readonly calls: number;
  readonly throttled: number;
  /** The limit in force, the lowest that a worker saw; undefined while no worker was at work. */
  readonly limit: number | undefined;
}

/** @param maxPoints intervals are as short as this allows. */
export declare function rateSeries(attempts: readonly ChunkProgress[], maxPoints: number): RateSeries;
