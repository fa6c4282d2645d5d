import type { Chunk } from '../shared/contracts.ts';
import { ChunkUnfinished, ItemsThrottled, NoPermit } from '../shared/errors.ts';
import type { LeftOverReason } from '../shared/sync/outcome.ts';
import { httpStatus, isTransient } from '../shared/transient.ts';

/** The error of an attempt that leaves rows over: the one whose Retry fits. */
export function unfinished(attempt: {
  readonly chunk: Chunk;
  /** Rows with an outcome. */
  readonly done: number;
  /** Whether the service decided about any record: took it, or refused it. */
  readonly progressed: boolean;
  readonly leftOver: readonly { readonly reason: LeftOverReason }[];
  /** Why the attempt stopped before the end, if it did. */
  readonly stopped: Error | undefined;
}): Error {
  const { chunk, done, progressed, leftOver, stopped } = attempt;
  const count = (reason: LeftOverReason) => leftOver.filter((left) => left.reason === reason).length;
  const what = `Chunk ${chunk.chunk}: ${chunk.rows - done} of ${chunk.rows} rows are left over (${count('throttled')} throttled, ${count('failed')} after service errors, ${count('locked')} locked by another worker). The next attempt sends only these.`;
  if (stopped instanceof NoPermit) return new NoPermit(`${stopped.message} ${what}`);
  // Without progress, as in an outage: backoff, instead of at once again.
  if (stopped instanceof ChunkUnfinished)
    return progressed ? new ChunkUnfinished(`${stopped.message} ${what}`) : new ItemsThrottled(what);
  return stopped ?? new ItemsThrottled(what);
}

/** A hiccup of S3 or DynamoDB concerns this attempt only; with the Retry of a bug, a few minutes of it would fail the run. */
export function unlessHiccup({ chunk }: Chunk, error: unknown): unknown {
  if (!(error instanceof Error) || !isTransient(error)) return error;
  const status = httpStatus(error);
  return new ItemsThrottled(
    `Chunk ${chunk}: S3 or DynamoDB answered with ${error.name}${status ? ` (HTTP status ${status})` : ''}. The next attempt sends only what is missing.`,
    { cause: error },
  );
}
