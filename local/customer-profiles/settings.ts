import type { Fault } from './fault.ts';
import type { OperationName } from './routes.ts';

/** How the service behaves; may be changed while it runs. */
export interface Settings {
  /** PutProfileObject calls per second, of all callers together. */
  readonly putRatePerSecond: number;
  /** Calls per second of other operations; one that is absent has no limit. */
  readonly otherRatesPerSecond: Readonly<Partial<Record<OperationName, number>>>;
  /** What the rate of BatchPutProfileObject counts: AWS does not say. */
  readonly batchCounts: 'item' | 'call';
  /** How many seconds' worth of calls may come at once. */
  readonly bucketDepthSeconds: number;
  /** How long a call takes that puts objects: log-normal about the median; a spread of 0 makes it constant. */
  readonly latencyMs: { readonly median: number; readonly spread: number };
  /** From the answer until the object is matched, and can be found. */
  readonly matchingDelayMs: number;
  /** One or several; undefined: none. */
  readonly fault?: Fault | readonly Fault[] | undefined;
}

export const DEFAULT_SETTINGS: Settings = {
  // PutProfileObject, per account and Region: Amazon Connect service limits, read 2026-11. A burst is not documented.
  putRatePerSecond: 100,
  // From the same page. The operations that it does not list have no limit here.
  otherRatesPerSecond: {
    SearchProfiles: 100,
    ListProfileObjects: 100,
    DeleteProfileObject: 100,
    UpdateProfile: 100,
    GetProfileObjectType: 10,
  },
  batchCounts: 'item',
  bucketDepthSeconds: 0.5,
  latencyMs: { median: 150, spread: 0.3 },
  matchingDelayMs: 0,
};

/** One sample of the latency, in milliseconds. */
export function sampleLatency({ median, spread }: Settings['latencyMs']): number {
  // Box-Muller: a standard normal from two uniform samples; 1 - random() is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(spread * normal);
}
