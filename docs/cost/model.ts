import type { RunUsage } from '../../functions/shared/contracts.ts';
import { cost } from '../../functions/shared/cost/prices.ts';
import { costOfUsage } from '../../functions/shared/cost/usage-cost.ts';
import type { BatchRate } from '../../functions/shared/rate-budget/api-rates.ts';
import { DEFAULT_QUOTA_PER_SECOND, ratePlan } from '../../functions/shared/rate-plan.ts';
import { refreshAfter } from '../../functions/shared/sync/refresh.ts';
import type { Deployed } from './deployed.ts';
import * as units from './units.ts';
import { type Sizes, workerSeconds } from './worker.ts';

/** A system that gets one export per night. */
export interface Scenario {
  readonly customers: number;
  /** Of the customers, in one night. */
  readonly changedShare: number;
  /** Whether the nightly file holds every customer, or only those that changed. */
  readonly file: 'full' | 'changes';
  /** Calls per second. */
  readonly quota?: number;
  /** @default - exports are sent with PutProfileObject. */
  readonly batch?: BatchRate;
  /** Of the object type: an unchanged customer is sent again after half to three quarters of it. */
  readonly expirationDays?: number;
  /** Whether unchanged rows move the known version: exports of changes without `updatedAt`. */
  readonly everyRowMoves?: boolean;
  /** @default - those of the deployment and its rate plan. */
  readonly sizes?: Partial<Sizes>;
}

/** What one night uses. */
export interface Night {
  readonly rows: number;
  /** As the rate counts them. */
  readonly calls: number;
  readonly chunks: number;
  readonly seconds: number;
  readonly reads: number;
  readonly writes: number;
  readonly gbSeconds: number;
  readonly invocations: number;
  readonly transitions: number;
  readonly puts: number;
  readonly gets: number;
  readonly exportBytes: number;
}

const EXPIRATION_DAYS = 365;
const MS_PER_DAY = 86_400_000;
const GB = 1_000_000_000;
const MIB_PER_GB = 1_024;
/** As SplitExport does: so many chunks per worker, so that a small export still feeds all of them, cut at every 25th row. */
const CHUNKS_PER_WORKER = 3;
const ROWS_PER_MARK = 25;
const STORED_LEDGER = 'ledger, stored with point-in-time recovery';
const LEDGER_LINES = ['DynamoDB reads', 'DynamoDB writes', 'Lambda', 'Step Functions', STORED_LEDGER];

export function night(scenario: Scenario, deployed: Deployed): Night {
  const { customers, changedShare, file, quota = DEFAULT_QUOTA_PER_SECOND, batch, everyRowMoves = false } = scenario;
  const plan = ratePlan(quota, undefined, batch && { BatchPutProfileObject: batch });
  const sizes: Sizes = {
    workerMib: deployed.memoryGb('SyncChunk') * MIB_PER_GB,
    workers: plan.maxConcurrency,
    rowsPerChunk: plan.rowsPerChunk,
    ...scenario.sizes,
  };
  const changed = customers * changedShare;
  const rows = file === 'full' ? customers : changed;
  const unchanged = rows - changed;
  const refreshed = unchanged / refreshedAfterNights(scenario.expirationDays ?? EXPIRATION_DAYS);
  const sent = changed + refreshed;
  const calls = sent / plan.recordsPerPermit;
  const moves = everyRowMoves ? unchanged - refreshed : 0;
  const chunks = Math.ceil(rows / rowsOfOne(rows, sizes));
  const exportBytes = rows * deployed.bytesPerRow;

  // The more of the rows are sent, the more of them share a look at the budget.
  const dense = rows === 0 ? 0 : sent / rows;
  const perCall = (ofFew: number, ofMany: number): number => ofFew + (ofMany - ofFew) * dense;
  const otherReads = perCall(units.OTHER_READS_PER_CALL, units.OTHER_READS_PER_DENSE_CALL);
  const budgetWrites = perCall(units.BUDGET_WRITES_PER_CALL, units.BUDGET_WRITES_PER_DENSE_CALL);

  const splitSeconds = exportBytes / units.SPLIT_BYTES_PER_SECOND;
  const summarySeconds = chunks * units.SUMMARY_SECONDS_PER_CHUNK;
  const ofWorkers = workerSeconds({ rows, sent, chunks }, sizes, plan.exportQuota * plan.recordsPerPermit);
  const betweenChunks = chunks * units.SECONDS_BETWEEN_CHUNKS;
  return {
    rows,
    calls,
    chunks,
    seconds: units.SECONDS_PER_RUN + splitSeconds + (ofWorkers + betweenChunks) / sizes.workers + summarySeconds,
    reads: rows * units.LEDGER_READS_PER_ROW + sent * otherReads + chunks * units.TABLE_READS_PER_CHUNK,
    writes:
      sent * units.LEDGER_WRITES_PER_CALL +
      calls * budgetWrites +
      moves * units.LEDGER_WRITES_PER_MOVE +
      chunks * units.TABLE_WRITES_PER_CHUNK +
      ofWorkers / units.SECONDS_PER_PROGRESS_WRITE,
    gbSeconds:
      splitSeconds * deployed.memoryGb('SplitExport') +
      (ofWorkers * sizes.workerMib) / MIB_PER_GB +
      summarySeconds * deployed.memoryGb('SummarizeRun'),
    invocations: chunks + 2,
    transitions:
      deployed.statesPerRun +
      units.TRANSITIONS_PER_START +
      chunks * (deployed.statesPerChunk + units.TRANSITIONS_PER_START),
    puts: chunks * units.S3_PUTS_PER_CHUNK + units.S3_REQUESTS_PER_RUN,
    gets: chunks * (units.S3_GETS_PER_CHUNK + units.S3_GETS_PER_RESULT) + units.S3_REQUESTS_PER_RUN,
    exportBytes,
  };
}

function rowsOfOne(rows: number, { workers, rowsPerChunk }: Sizes): number {
  const even = rows / (workers * CHUNKS_PER_WORKER);
  const marks = Math.floor(Math.min(rowsPerChunk, even) / ROWS_PER_MARK);
  return Math.max(1, marks) * ROWS_PER_MARK;
}

export function usageOfNight({ reads, writes, puts, gets, invocations, gbSeconds, transitions }: Night): RunUsage {
  return {
    ...{ readUnits: reads, writeUnits: writes, s3Puts: puts, s3Gets: gets },
    ...{ invocations, gbSeconds, stateTransitions: transitions },
  };
}

/** Nights until an unchanged customer is sent again so that the profile does not expire, on average over customers. */
export function refreshedAfterNights(expirationDays: number): number {
  const keys = Array.from({ length: 1_000 }, (_, index) => `C${index}`);
  return keys.reduce((sum, key) => sum + refreshAfter(key, expirationDays), 0) / keys.length / MS_PER_DAY;
}

/** US dollars per month, by what they are spent on. */
export function monthly(scenario: Scenario, deployed: Deployed): Readonly<Record<string, number>> {
  const { reads, writes, gbSeconds, invocations, transitions, puts, gets, exportBytes } = night(scenario, deployed);
  const ledgerGb = (scenario.customers * units.LEDGER_ENTRY_BYTES) / GB;
  const nights = units.NIGHTS_PER_MONTH;
  const watches = deployed.scheduledPerHour * units.HOURS_PER_MONTH;
  const perNight = {
    'DynamoDB reads': cost('dynamoRead', reads),
    'DynamoDB writes': cost('dynamoWrite', writes),
    Lambda: cost('lambdaTime', gbSeconds) + cost('lambdaRequest', invocations),
    'Step Functions': cost('transition', transitions),
    'S3 requests': cost('s3Put', puts) + cost('s3Get', gets),
    'logs of the run': cost('log', (invocations * units.LOG_BYTES_PER_INVOCATION) / GB),
  };
  return {
    ...Object.fromEntries(Object.entries(perNight).map(([name, usd]) => [name, usd * nights])),
    [STORED_LEDGER]: cost('dynamoStorage', ledgerGb) + cost('dynamoRecovery', ledgerGb),
    'exports, stored': cost('s3Storage', (exportBytes / GB) * deployed.exportDays),
    'alarms, metrics, dashboard':
      cost('alarm', deployed.alarmMetrics) +
      cost('metric', deployed.customMetrics) +
      cost('dashboard', deployed.dashboards),
    'key and its requests':
      cost('key', deployed.keys) +
      (deployed.keys > 0
        ? cost('keyRequest', deployed.encrypted * units.KEY_REQUESTS_PER_RESOURCE_HOUR * units.HOURS_PER_MONTH)
        : 0),
    'idle queues, the look at the schedule':
      cost('sqsRequest', deployed.polledQueues * units.IDLE_POLLS_PER_HOUR * units.HOURS_PER_MONTH) +
      cost('lambdaRequest', watches) +
      cost('lambdaTime', watches * units.SECONDS_PER_WATCH * deployed.memoryGb('WatchRuns')) +
      cost('log', (watches * units.LOG_BYTES_PER_INVOCATION) / GB),
  };
}

export function total(lines: Readonly<Record<string, number>>): number {
  return Object.values(lines).reduce((sum, usd) => sum + usd, 0);
}

/** One night that sends every customer: the first one, or what each would be without a ledger. */
export function sendEverything(customers: number, deployed: Deployed): { readonly usd: number; readonly night: Night } {
  const all = night({ customers, changedShare: 1, file: 'full' }, deployed);
  return { usd: costOfUsage(usageOfNight(all)), night: all };
}

/** US dollars per month of what the ledger adds to or takes from: the tables, the workers, the state machine. */
export function withLedger(scenario: Scenario, deployed: Deployed): number {
  const lines = monthly(scenario, deployed);
  return LEDGER_LINES.reduce((sum, line) => sum + (lines[line] ?? 0), 0);
}

/** The same if every night sent every row and kept nothing: its workers would wait for the rate all the same. */
export function withoutLedger(customers: number, deployed: Deployed): number {
  const { gbSeconds, invocations, transitions } = night({ customers, changedShare: 1, file: 'full' }, deployed);
  const usd = cost('lambdaTime', gbSeconds) + cost('lambdaRequest', invocations) + cost('transition', transitions);
  return usd * units.NIGHTS_PER_MONTH;
}

/** A customer whose emptied fields are cleared, beside what sending the record costs; the two calls have no price that we found. */
export function perClearedCustomer(): number {
  return cost('dynamoWrite', units.LEDGER_WRITES_PER_CALL + units.BUDGET_WRITES_PER_CALL);
}

/** US dollars per live event that comes alone and changes its customer. */
export function perLiveEvent(deployed: Deployed): number {
  return (
    cost('customEvent', 1) +
    cost('sqsRequest', units.QUEUE_REQUESTS_PER_LIVE_EVENT) +
    cost('lambdaRequest', 1) +
    cost('lambdaTime', units.SECONDS_PER_LIVE_EVENT * deployed.memoryGb('SyncEvent')) +
    cost('dynamoRead', units.LEDGER_READS_PER_ROW + units.OTHER_READS_PER_CALL) +
    cost('dynamoWrite', units.LEDGER_WRITES_PER_CALL + units.BUDGET_WRITES_PER_CALL) +
    cost('log', units.LOG_BYTES_PER_INVOCATION / GB)
  );
}
