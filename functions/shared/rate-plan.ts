import { InvalidConfiguration } from './errors.ts';
import {
  type ApiName,
  type ApiRate,
  type ApiRates,
  type OtherApiRates,
  RECORDS_PER_CALL,
} from './rate-budget/api-rates.ts';

/**
 * Calls per second that this system takes by default, of the account's PutProfileObject quota of 100 per Region; the rest is
 * left to other callers. https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html, read 2026-11.
 */
export const DEFAULT_QUOTA_PER_SECOND = 80;
/** The share of the quota that batch leaves to live events, while there are any. */
const DEFAULT_RESERVE_SHARE = 0.1;
/** Below this the throttle feedback could not tell its own steps apart. */
export const MIN_QUOTA_PER_SECOND = 5;
/** Seconds per PutProfileObject call; one AWS project measured about 0.9. */
const ASSUMED_LATENCY_S = 0.9;
/** Slow service: calls in flight per worker are capped for this latency. */
const SLOW_LATENCY_S = 3;
/** Records, each in a call of its own or not: about 36 per second, which its CPU makes with room to spare even while its process is new: docs/cost.md, "Why these sizes". */
const CALLS_IN_FLIGHT_PER_WORKER = 32;
/** More workers than the rate needs, so that one that starts, reads or waits leaves no permit unused. */
const SPARE_WORKERS = 1.5;
/** A worker's chunk at its share of the rate: well inside the Lambda timeout. */
const CHUNK_SECONDS = 180;
/** Keeps a line of chunks.jsonl, which may name every row as superseded, far below the 256 KiB of a state's input. */
const MAX_ROWS_PER_CHUNK = 5_000;
/** Live events per invocation, SQS's own default: enough to share one look at ledger and budget, few to wait for each other. */
export const LIVE_BATCH_SIZE = 10;
/** AWS::Lambda::EventSourceMapping, ScalingConfig.MaximumConcurrency. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html, read 2026-11. */
const MIN_POLLER_CONCURRENCY = 2;
const MAX_POLLER_CONCURRENCY = 1_000;
/**
 * Parts of an export that are uploaded together run side by side without taking all of the account's Lambdas. A run beyond
 * that waits for one to end, by Retries up to a minute apart: with 2, the last of four small runs stood still for half a minute.
 */
const RUNS_SIDE_BY_SIDE = 4;

export interface RatePlan {
  /** Calls per second of the whole system, and how many of them batch leaves to live events. */
  readonly quota: number;
  readonly reserve: number;
  /** Of every API that the deployment uses. */
  readonly rates: ApiRates;
  /** What exports are sent with; live events go one by one, with PutProfileObject. */
  readonly exportApi: 'PutProfileObject' | 'BatchPutProfileObject';
  /** Permits per second of exports, and for how many records each is. */
  readonly exportQuota: number;
  readonly recordsPerPermit: number;
  /** Workers that the rate needs at the assumed latency. */
  readonly workersNeeded: number;
  /** Of the Distributed Map of one run. */
  readonly maxConcurrency: number;
  /** Upper bound of records in flight of one worker. */
  readonly maxCallsInFlight: number;
  readonly rowsPerChunk: number;
  readonly reservedConcurrency: number;
  /** Batches of live events under way at once: enough for live events alone to use the whole rate. */
  readonly liveConcurrency: number;
}

/**
 * What follows from a quota of calls per second. Infra sizes the Map and the Lambda with it, the workers their calls in
 * flight; concurrency only bounds the workers, the rate itself is held by the rate budget.
 *
 * @throws InvalidConfiguration if a quota or a reserve is out of range.
 */
export function ratePlan(quota: number, reserve: number = defaultReserve(quota), others: OtherApiRates = {}): RatePlan {
  const rates: ApiRates = { PutProfileObject: { quota, reserve }, ...others };
  for (const [api, rate] of Object.entries(rates)) checkRate(api as ApiName, rate);
  const exportApi = others.BatchPutProfileObject ? 'BatchPutProfileObject' : 'PutProfileObject';
  const recordsPerPermit = others.BatchPutProfileObject?.permitFor === 'call' ? RECORDS_PER_CALL : 1;
  const exportQuota = others.BatchPutProfileObject?.quota ?? quota;
  const recordsPerSecond = exportQuota * recordsPerPermit;
  const workersNeeded = Math.ceil((recordsPerSecond * ASSUMED_LATENCY_S) / CALLS_IN_FLIGHT_PER_WORKER);
  const maxConcurrency = Math.ceil(workersNeeded * SPARE_WORKERS);
  const sharePerWorker = recordsPerSecond / maxConcurrency;
  return {
    quota,
    reserve,
    rates,
    exportApi,
    exportQuota,
    recordsPerPermit,
    workersNeeded,
    maxConcurrency,
    maxCallsInFlight: Math.ceil((recordsPerSecond * SLOW_LATENCY_S) / workersNeeded),
    rowsPerChunk: Math.min(MAX_ROWS_PER_CHUNK, Math.ceil(sharePerWorker * CHUNK_SECONDS)),
    reservedConcurrency: maxConcurrency * RUNS_SIDE_BY_SIDE,
    liveConcurrency: Math.min(
      MAX_POLLER_CONCURRENCY,
      Math.max(MIN_POLLER_CONCURRENCY, Math.ceil((quota * ASSUMED_LATENCY_S) / LIVE_BATCH_SIZE)),
    ),
  };
}

/** Calls per second that batch leaves to live events, if nobody says. */
export function defaultReserve(quota: number): number {
  return Math.floor(quota * DEFAULT_RESERVE_SHARE);
}

function checkRate(api: ApiName, { quota, reserve }: ApiRate): void {
  const ofApi = api === 'PutProfileObject' ? '' : ` of ${api}`;
  if (!Number.isInteger(quota) || quota < MIN_QUOTA_PER_SECOND) {
    throw new InvalidConfiguration(
      `The quota${ofApi} is ${quota}; it must be a whole number of calls per second, ${MIN_QUOTA_PER_SECOND} or more.`,
    );
  }
  if (!Number.isInteger(reserve) || reserve < 0 || reserve > quota / 2) {
    throw new InvalidConfiguration(
      `The reserve for live events${ofApi} is ${reserve}; it must be a whole number from 0 to half of the quota (${quota / 2}).`,
    );
  }
}
