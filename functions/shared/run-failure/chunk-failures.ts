import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type MapRunExecutionCounts,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { type RunError, runError } from './run-error.ts';

/** Failed chunks whose error is read, of each status. One error ends the run, so most of them say the same. */
const MAX_LOOKED_AT = 20;

/** How the chunks of a run ended. */
export interface ChunkFailures {
  readonly counts: ChunkCounts;
  /** By name, the most frequent first. */
  readonly errors: readonly ChunkError[];
}

export interface ChunkCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** At work when the run ended. */
  readonly stopped: number;
  readonly notStarted: number;
}

/** An error that chunks failed with; the message is the first one's. */
export interface ChunkError extends RunError {
  /** Their numbers, in ascending order. */
  readonly chunks: readonly number[];
}

/** Undefined if the run never came to its chunks. */
export async function readChunkFailures(sfn: SFNClient, executionArn: string): Promise<ChunkFailures | undefined> {
  const mapRunArn = await newestMapRun(sfn, executionArn);
  if (mapRunArn === undefined) return undefined;
  const { executionCounts } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  const failures = [
    ...(await failuresOf(sfn, mapRunArn, 'FAILED')),
    ...(await failuresOf(sfn, mapRunArn, 'TIMED_OUT')),
  ];
  return { counts: countsOf(executionCounts), errors: byName(failures) };
}

/** A redrive goes on with the Map Run that there is; another one is made if that one can't be gone on with. */
async function newestMapRun(sfn: SFNClient, executionArn: string): Promise<string | undefined> {
  const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const startOf = ({ startDate }: { startDate: Date | undefined }): number => startDate?.getTime() ?? 0;
  return mapRuns.toSorted((a, b) => startOf(b) - startOf(a))[0]?.mapRunArn;
}

interface ChunkFailure {
  readonly error: RunError;
  readonly chunk: number | undefined;
}

async function failuresOf(sfn: SFNClient, mapRunArn: string, status: 'FAILED' | 'TIMED_OUT'): Promise<ChunkFailure[]> {
  const list = new ListExecutionsCommand({ mapRunArn, statusFilter: status, maxResults: MAX_LOOKED_AT });
  const { executions = [] } = await sfn.send(list);
  const failures: ChunkFailure[] = [];
  for (const { executionArn } of executions) {
    const { error, cause, input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const failure = status === 'TIMED_OUT' ? { name: 'States.Timeout' } : runError(error, cause);
    failures.push({ error: failure, chunk: chunkOf(input) });
  }
  return failures;
}

/** A child's input is that of SyncChunk. */
function chunkOf(input = 'null'): number | undefined {
  const chunk = (JSON.parse(input) as { chunk?: { chunk?: unknown } } | null)?.chunk?.chunk;
  return typeof chunk === 'number' ? chunk : undefined;
}

function countsOf(counts: MapRunExecutionCounts | undefined): ChunkCounts {
  const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0, running = 0, pending = 0 } = counts ?? {};
  // A Map Run may outlive its run by the moment that stopping its children takes.
  return { total, done: succeeded, failed: failed + timedOut, stopped: aborted + running, notStarted: pending };
}

function byName(failures: readonly ChunkFailure[]): ChunkError[] {
  const groups = Map.groupBy(failures, ({ error }) => error.name);
  return [...groups.values()]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((group) => {
      const [first] = group;
      const chunks = group.flatMap(({ chunk }) => chunk ?? []).toSorted((a, b) => a - b);
      return first ? { ...first.error, chunks } : [];
    });
}
