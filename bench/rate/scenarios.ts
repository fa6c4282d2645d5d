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
  /** Seconds at the beginning of the calls whose rate is looked at, and at their end; undefined where all calls take hardly longer. */
  readonly firstSeconds?: number;
  readonly lastSeconds?: number;
  /**
   * Small exports go before, so that the processes of the workers are there. On AWS each starts on a machine of its own; here many
   * start on the cores that the calls are made with.
   */
  readonly isWarm?: boolean;
}

const ONE = { runs: 1, livePerSecond: 0 };
const LATENCY_MS = 150;
const ENDS = { firstSeconds: 10, lastSeconds: 10 };
const FOUR = {
  what: 'four runs at once',
  runs: 4,
  latencyMs: LATENCY_MS,
  livePerSecond: 0,
  ...ENDS,
  isWarm: true,
} satisfies Omit<Scenario, 'rows'>;

const BESIDE_LIVE = { ...ENDS, rows: 4_000, runs: 1, latencyMs: LATENCY_MS, isWarm: true };

export const SCENARIOS: Readonly<Record<Effort, readonly Scenario[]>> = {
  full: [
    { ...ONE, ...ENDS, what: 'one run, 50 ms a call', rows: 5_000, latencyMs: 50 },
    { ...ONE, ...ENDS, what: 'one run, 900 ms a call', rows: 5_000, latencyMs: 900 },
    { ...FOUR, rows: 10_000 },
    { ...BESIDE_LIVE, what: 'one run and 10 live events/s', livePerSecond: 10 },
    { ...BESIDE_LIVE, what: 'one run and 1 live event/s', livePerSecond: 1 },
    { ...ONE, what: 'a small export', rows: 500, latencyMs: LATENCY_MS, lastSeconds: 3 },
  ],
  quick: [
    { ...ONE, what: 'one run', rows: 1_500, latencyMs: LATENCY_MS, firstSeconds: 5, lastSeconds: 5 },
    { ...FOUR, rows: 2_000 },
  ],
};
