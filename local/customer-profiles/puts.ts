import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilesError } from './errors.ts';
import { effectsOf, FAULT_MESSAGE, faultsOf, type Mishap, mishapOf } from './fault.ts';
import type { Accepted } from './matching-queue.ts';
import { OPERATIONS, type Operation, type Parts, type ProfilesRequest } from './operations.ts';
import type { RateLimits } from './rate-limit.ts';
import { type BatchItem, batchItems } from './requests.ts';
import { type Settings, sampleLatency } from './settings.ts';
import type { CallCounter } from './statistics.ts';

/** The calls that put objects, with all that may befall them; both return the body of the answer, undefined if the connection is lost. */
export interface Puts {
  one(input: ProfilesRequest): Promise<object | undefined>;
  batch(input: ProfilesRequest): Promise<object | undefined>;
}

export function createPuts(options: {
  readonly parts: Parts;
  readonly settings: () => Settings;
  /** Milliseconds since the faults were configured. */
  readonly faultAge: () => number;
  readonly counter: CallCounter;
  readonly limits: RateLimits;
  readonly bury: (accepted: Accepted, reason: string) => void;
  readonly isClosed: () => boolean;
}): Puts {
  const { parts, settings, faultAge, counter, limits, bury, isClosed } = options;
  const mishapFor = (object: unknown) => mishapOf(faultsOf(settings().fault, undefined), object, faultAge());

  /** Does the work at the end of the latency, whether its caller still waits or not: a call that timed out may yet take effect, as on AWS. */
  async function afterLatency(extraMs: number): Promise<boolean> {
    await sleep(sampleLatency(settings().latencyMs) + extraMs);
    return !isClosed();
  }

  function work(
    name: 'PutProfileObject' | 'BatchPutProfileObject',
    input: ProfilesRequest,
    isLate: (object: string) => boolean,
  ) {
    const accept = (accepted: Accepted): void => {
      counter.accepted();
      if (isLate(accepted.text)) bury(accepted, FAULT_MESSAGE);
      else parts.accept(accepted);
    };
    return (OPERATIONS[name] as Operation)({ ...parts, accept }, input);
  }

  return {
    async one(input) {
      const inRate = limits.take('PutProfileObject', settings()) === 1;
      const mishap = mishapFor(input.body.Object);
      const { error, dropped, late, extraLatencyMs } = mishap;
      const isThrottled = !inRate || isThrottling(mishap);
      counter.arrived(isThrottled, Date.now());
      if (inRate) counter.hit(effectsOf(mishap));
      if (isThrottled) throw throttled();
      if (dropped === 'beforeWork') return undefined;
      if (!(await afterLatency(extraLatencyMs))) return undefined;
      if (error !== undefined) throw error;
      const answered = work('PutProfileObject', input, () => late);
      return dropped === 'afterWork' ? undefined : answered;
    },

    async batch(input) {
      const items = batchItems(input.body);
      const perItem = settings().batchCounts === 'item';
      const granted = limits.take('BatchPutProfileObject', settings(), perItem ? items.length : 1);
      const inRate = perItem ? granted : granted * items.length;
      const hit = items.map((item, index) => ({ item, inRate: index < inRate, mishap: mishapFor(item.Object) }));
      const mishaps = hit.map(({ mishap }) => mishap);
      const isThrottled = ({ inRate, mishap }: Hit): boolean => !inRate || isThrottling(mishap);
      const counted = perItem ? hit.map(isThrottled) : [hit.every(isThrottled)];
      for (const throttledOne of counted) counter.arrived(throttledOne, Date.now());
      for (const one of hit) if (one.inRate) counter.hit(effectsOf(one.mishap));
      if (hit.every(isThrottled)) throw throttled();
      // The connection is the call's: what befalls it for one item does for all.
      const dropped = mishaps.find((mishap) => mishap.dropped)?.dropped;
      if (dropped === 'beforeWork') return undefined;
      if (!(await afterLatency(Math.max(...mishaps.map(({ extraLatencyMs }) => extraLatencyMs))))) return undefined;
      const errors = hit.map((one) => (isThrottled(one) ? throttled() : one.mishap.error));
      if (errors[0] && errors.every((error) => error?.name === errors[0]?.name)) throw errors[0];
      const sound = hit.filter((_, index) => !errors[index]);
      const late = new Set(sound.filter(({ mishap }) => mishap.late).map(({ item }) => item.Object));
      const body = { ...input.body, Items: sound.map(({ item }) => item) };
      const answered =
        sound.length === 0
          ? { Successful: [], Failed: [] }
          : (work('BatchPutProfileObject', { ...input, body }, (object) => late.has(object)) as BatchAnswer);
      const failed = items.flatMap((item, index) => failedItem(item, errors[index]));
      return dropped === 'afterWork' ? undefined : { ...answered, Failed: [...answered.Failed, ...failed] };
    },
  };
}

interface Hit {
  readonly inRate: boolean;
  readonly mishap: Mishap;
}

interface BatchAnswer {
  readonly Successful: readonly object[];
  readonly Failed: readonly object[];
}

export const throttled = () => new ProfilesError('ThrottlingException', 'Rate exceeded');

const isThrottling = ({ error }: Mishap): boolean => error?.name === 'ThrottlingException';

function failedItem({ Id }: BatchItem, error: ProfilesError | undefined): object[] {
  return error ? [{ Id, Code: error.status, Message: error.message }] : [];
}
