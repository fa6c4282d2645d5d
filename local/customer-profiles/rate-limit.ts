import type { OperationName } from './routes.ts';
import type { Settings } from './settings.ts';

/** A token bucket, full at the start. Rate and depth are given with each call, so that they can change at any time. */
export class TokenBucket {
  #tokens = Number.POSITIVE_INFINITY;
  #at = 0;

  /** Takes up to `wanted` tokens, at a time in milliseconds that never goes back; says how many. The bucket holds at least one. */
  take(now: number, ratePerSecond: number, depthSeconds: number, wanted = 1): number {
    const refilled = this.#tokens + ((now - this.#at) / 1000) * ratePerSecond;
    this.#tokens = Math.min(refilled, Math.max(1, ratePerSecond * depthSeconds));
    this.#at = now;
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }
}

/** The limits of the service's operations: each has its own, over all domains and callers. */
export class RateLimits {
  readonly #buckets = new Map<OperationName, TokenBucket>();

  /** How many of the wanted are within the rate of the operation: one for a call, or one for each item of a batch. */
  take(
    name: OperationName,
    { putRatePerSecond, otherRatesPerSecond, bucketDepthSeconds }: Settings,
    wanted = 1,
  ): number {
    const rate = name === 'PutProfileObject' ? putRatePerSecond : otherRatesPerSecond[name];
    if (rate === undefined) return wanted;
    const bucket = this.#buckets.get(name) ?? new TokenBucket();
    this.#buckets.set(name, bucket);
    return bucket.take(performance.now(), rate, bucketDepthSeconds, wanted);
  }
}
