import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import { LOOP, MAP, PARALLEL } from '../baselines/tuning.ts';
import { figure } from '../figures.ts';
import { LATENCY, SERVICE_PER_SECOND } from './play.ts';

/** Of the service's 100 calls per second. */
export const OTHERS_PER_SECOND = 40;
export const PARTS = 4;
export const OUTAGE_SECONDS = 20;
const OUTAGE_AFTER_SECONDS = 5;
export const OUTAGE: Fault = {
  error: 'ServiceUnavailable',
  window: { afterMs: OUTAGE_AFTER_SECONDS * 1_000, forMs: OUTAGE_SECONDS * 1_000 },
};

export interface Rows {
  readonly all: number;
  /** It sends seven rows per second. */
  readonly loop: number;
  /** Zero: no outage is played. */
  readonly outage: number;
}

/** In sentences. */
export function settings({ all, loop, outage }: Rows): string[] {
  const { median, spread } = LATENCY;
  return [
    `Each system is on an embedded stack of its own, one after the other, and takes the same invented exports (samples/generate.ts): ${figure(all)} rows${outage > 0 ? `, with the outage ${figure(outage)}` : ''}; loop takes ${figure(loop)}, as it is slow.`,
    `The service takes ${SERVICE_PER_SECOND} PutProfileObject calls per second of all callers, half a second's worth at once, and answers after ${median} ms (log-normal, spread ${spread}). Ours has its default quota of ${DEFAULT_QUOTA_PER_SECOND} of them; the others know no quota.`,
    `Another caller uses ${OTHERS_PER_SECOND} of the ${SERVICE_PER_SECOND} at an even rate; its calls are in no figure. In an outage every call of ${OUTAGE_SECONDS} s is answered with 503, from ${OUTAGE_AFTER_SECONDS} s after the upload on.`,
    'What came of a night is what the service holds afterwards, compared with the newest row of each customer that the mapping takes; no system is asked for it. Changed customers are those whose mapped content differs from the night before.',
    'Cost is what the stack counted, at list prices (docs/cost.md), without storage, logs, alarms and idle queues. The fixed part of a run weighs more on these small exports than on large ones.',
    `loop: one Lambda of ${LOOP.memoryMiB} MB on the event of the upload; one row after the other, ${LOOP.tries} tries each, exponential backoff from ${2 * LOOP.backoffMs} ms with jitter.`,
    `parallel: one Lambda of ${PARALLEL.memoryMiB} MB; ${PARALLEL.callsInFlight} calls in flight, retries by the SDK in its adaptive mode, ${PARALLEL.maxAttempts} attempts.`,
    `map: a Distributed Map over the rows, batches of ${MAP.rowsPerBatch}, ${MAP.maxConcurrency} at once, in a Lambda of ${MAP.memoryMiB} MB with ${MAP.callsInFlight} calls in flight; ${MAP.maxAttempts} attempts by the SDK, then the whole batch again, six times with exponential backoff from 1 s and jitter; every failure is tolerated, else the first batch that fails for good would stop the run.`,
    'These settings were chosen by trying, for rate first and cost second; Express children and other numbers of Step Functions’ retries were not tried (bench/baselines/README.md). The embedded Lambda gives a whole CPU to any memory.',
    'The first export comes late after the night before it: with 10 % changed for ours, with 1 % for the others. An outage costs rows for as long as it lasts: the count carries over to larger exports, the share does not.',
  ];
}
