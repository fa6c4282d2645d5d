/**
 * What a row, a chunk and a run use. `measured` stands for a number that test/docs/cost-units.test.ts counts in the real
 * code against embedded services and holds below this one; the others are assumptions, and their weight shows in the table.
 */

/** Read request units per row that reaches the ledger: a consistent read of an entry, or of its absence. Measured. */
export const LEDGER_READS_PER_ROW = 1;
/** Write request units per call: the claim before it and the confirm after it, each of an entry below 1 KB. Measured. */
export const LEDGER_WRITES_PER_CALL = 2;
/** Per row whose known version moves without a call. Measured. */
export const LEDGER_WRITES_PER_MOVE = 1;
/**
 * Read request units per call besides the row's own: of the rate budget, of an entry that another came before, and of the
 * newest full export. Most where changed rows are few and far between: each then asks for a permit of its own. Measured.
 */
export const OTHER_READS_PER_CALL = 3;
/** Write request units per call of the rate budget, those included that another worker came before; most as above. Measured. */
export const BUDGET_WRITES_PER_CALL = 1;
/** The same two where every row is sent: a worker then takes its permits in blocks. Measured. */
export const OTHER_READS_PER_DENSE_CALL = 0.6;
export const BUDGET_WRITES_PER_DENSE_CALL = 0.4;
/** Reads and writes per chunk of progress, failures and the budget's state, besides the progress of long chunks. Measured. */
export const TABLE_READS_PER_CHUNK = 4;
export const TABLE_WRITES_PER_CHUNK = 3;
/**
 * Seconds between two notes of a worker's progress. A note is one write unit; where many calls are throttled for minutes, it is
 * two (test/functions/sync-chunk/attempt-rate.test.ts).
 */
export const SECONDS_PER_PROGRESS_WRITE = 2;
/** Bytes of a ledger entry with DynamoDB's own 100, for a mapping of 18 fields. Measured. */
export const LEDGER_ENTRY_BYTES = 800;

/** The chunk's bytes and, in the end, its result. Measured. */
export const S3_GETS_PER_CHUNK = 1;
export const S3_PUTS_PER_CHUNK = 1;
/** SummarizeRun reads each chunk's result. */
export const S3_GETS_PER_RESULT = 1;
/** chunks.jsonl, summary and report, with the looks at the export before they are written. */
export const S3_REQUESTS_PER_RUN = 20;

/**
 * Milliseconds of CPU per call: of the first hundred of a process, and of later ones. Measured on one core of a machine with two;
 * `npm run bench -- --only chunk` measures them again.
 */
export const FIRST_CPU_MS_PER_CALL = 6;
export const CPU_MS_PER_CALL = 1.8;
/** Milliseconds of CPU per row that is unchanged. Measured, as those of a call. */
export const CPU_MS_PER_ROW = 0.07;
/** A Lambda CPU beside the one that was measured on, with TLS, which the embedded stack does without. An assumption. */
export const LAMBDA_CPU_FACTOR = 2;
/** Most memory of a worker's process, in MiB, with the heap that Lambda would give it. Measured, as the CPU of a call. */
export const WORKER_MIB_USED = 300;
/** Seconds of a worker per row besides its CPU: a hundred rows are one request to the ledger of 10 to 40 ms, and four are asked at once. An assumption. */
export const LEDGER_SECONDS_PER_ROW = 0.00005;
/** Seconds of a worker per chunk: its requests one after the other at begin and end, and the answers of the last calls. An assumption. */
export const WORKER_SECONDS_PER_CHUNK = 1;
/** Seconds of the start of a worker's process, once in a run; Lambda bills them. An assumption. */
export const SECONDS_PER_WORKER_START = 1.5;
/** Seconds between two chunks, in which Step Functions starts the next child: nobody bills them. An assumption. */
export const SECONDS_BETWEEN_CHUNKS = 0.2;
/** Bytes per second of SplitExport, what a function's network sustains (functions/split-export/limits.ts). */
export const SPLIT_BYTES_PER_SECOND = 75_000_000;
/** Seconds of SummarizeRun per chunk: 32 results are read at once. An assumption. */
export const SUMMARY_SECONDS_PER_CHUNK = 0.005;
/** Seconds of a run for the start of its functions. An assumption. */
export const SECONDS_PER_RUN = 5;
/** Seconds of SyncEvent for an event that comes alone: budget, ledger and a call of 0.9 s. An assumption. */
export const SECONDS_PER_LIVE_EVENT = 1.2;
/** Requests to the live queue per event: sent, received, deleted. */
export const QUEUE_REQUESTS_PER_LIVE_EVENT = 3;
/** Seconds of WatchRuns per look. An assumption. */
export const SECONDS_PER_WATCH = 0.5;

export { TRANSITIONS_PER_START } from '../../functions/shared/usage/state-transitions.ts';

/** Bytes in the log per invocation: Lambda's own three lines, ours, and the metrics. An assumption. */
export const LOG_BYTES_PER_INVOCATION = 2_500;
/** Lambda looks into an idle queue with five pollers that wait 20 s each. An assumption: AWS says that it polls, not how often. */
export const IDLE_POLLS_PER_HOUR = (5 * 3_600) / 20;
/** SQS keeps a data key for 5 minutes, DynamoDB and S3 bucket keys as long or longer: so often each resource asks at most, all day. */
export const KEY_REQUESTS_PER_RESOURCE_HOUR = 12;

/** Seconds per call of Customer Profiles, for which the rate plan is made. */
export const CALL_SECONDS = 0.9;
/** From so much memory on, in MiB, Lambda gives a whole CPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html, read 2026-11. */
export const ONE_CPU_MIB = 1_769;

export const NIGHTS_PER_MONTH = 30;
export const HOURS_PER_MONTH = 730;

/** Calls per second that the service takes by default: what a user would write instead uses them all, and is never throttled. */
export const SERVICE_CALLS_PER_SECOND = 100;
/** The longest that a Lambda function may take. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11. */
export const LONGEST_LAMBDA_SECONDS = 900;
/** Seconds per batch besides its calls: the function's start on the way, and what Step Functions adds is not billed. An assumption. */
export const SECONDS_PER_BATCH = 0.02;

/** What nobody has measured: marked where the page shows a formula. */
export const ASSUMED: readonly string[] = [
  'LAMBDA_CPU_FACTOR',
  'LEDGER_SECONDS_PER_ROW',
  'WORKER_SECONDS_PER_CHUNK',
  'SECONDS_PER_WORKER_START',
  'SECONDS_BETWEEN_CHUNKS',
  'SUMMARY_SECONDS_PER_CHUNK',
  'SECONDS_PER_RUN',
  'SECONDS_PER_LIVE_EVENT',
  'SECONDS_PER_WATCH',
  'LOG_BYTES_PER_INVOCATION',
  'IDLE_POLLS_PER_HOUR',
  'SECONDS_PER_BATCH',
];
