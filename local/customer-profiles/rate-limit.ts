import type { OperationName } from './routes.ts';
import type { Settings } from './settings.ts';

/** A token bucket, full at the start. Rate and depth are given with each call, so that they can change at any time. */
export class TokenBucket {
  #tokens = Number.POSITIVE_INFINITY;
  #at = 0;

  /** Takes one token, if there is one, at a time in milliseconds that never goes back. The bucket holds at least one. */
  take(now: number, ratePerSecond: number, depthSeconds: number): boolean {
    const refilled = this.#tokens + ((now - this.#at) / 1000) * ratePerSecond;
    this.#tokens = Math.min(refilled, Math.max(1, ratePerSecond * depthSeconds));
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The limits of the service's operations: each has its own, over all domains and callers. */
export class RateLimits {
  readonly #buckets = new Map<OperationName, TokenBucket>();

  /** False if the call is over the rate of its operation. */
  take(name: OperationName, { putRatePerSecond, otherRatesPerSecond, bucketDepthSeconds }: Settings): boolean {
    const rate = name === 'PutProfileObject' ? putRatePerSecond : otherRatesPerSecond[name];
    if (rate === undefined) return true;
    const bucket = this.#buckets.get(name) ?? new TokenBucket();
    this.#buckets.set(name, bucket);
    return bucket.take(performance.now(), rate, bucketDepthSeconds);
  }
}
