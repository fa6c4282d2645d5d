import type { Effort } from '../bench.ts';

/** Runs and live events that share one rate budget. */
export interface Scenario {
  readonly what: string;
  /** Rows of all exports together. */
  readonly rows: number;
  /** Exports that are uploaded at once. */
  readonly runs: number;
  /** Of the service, log-normal about this median. */
  readonly latencyMs: number;
  /** Live events per second, for as long as the runs are at work. */
  readonly livePerSecond: number;
  /** Seconds at either end of the calls whose rate is looked at; undefined where all calls take hardly longer. */
  readonly endSeconds?: number;
}

const ONE = { runs: 1, livePerSecond: 0 };
const LATENCY_MS = 150;
const END_SECONDS = 10;

export const SCENARIOS: Readonly<Record<Effort, readonly Scenario[]>> = {
  full: [
    { ...ONE, what: 'one run, 50 ms a call', rows: 5_000, latencyMs: 50, endSeconds: END_SECONDS },
    { ...ONE, what: 'one run, 900 ms a call', rows: 5_000, latencyMs: 900, endSeconds: END_SECONDS },
    {
      what: 'four runs at once',
      rows: 6_000,
      runs: 4,
      latencyMs: LATENCY_MS,
      livePerSecond: 0,
      endSeconds: END_SECONDS,
    },
    {
      what: 'one run and 10 live events/s',
      rows: 4_000,
      runs: 1,
      latencyMs: LATENCY_MS,
      livePerSecond: 10,
      endSeconds: END_SECONDS,
    },
    { ...ONE, what: 'a small export', rows: 500, latencyMs: LATENCY_MS },
  ],
  quick: [
    { ...ONE, what: 'one run', rows: 1_500, latencyMs: LATENCY_MS, endSeconds: 5 },
    { what: 'four runs at once', rows: 1_500, runs: 4, latencyMs: LATENCY_MS, livePerSecond: 0 },
  ],
};
