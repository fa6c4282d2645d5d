import type { Chunk } from '../shared/contracts.ts';
import { ChunkUnfinished, ItemsThrottled, NoPermit } from '../shared/errors.ts';
import type { LeftOverReason } from '../shared/sync/outcome.ts';

/** The error of an attempt that leaves rows over: the one whose Retry fits. */
export function unfinished(attempt: {
  readonly chunk: Chunk;
  /** Rows with an outcome. */
  readonly done: number;
  readonly calls: number;
  readonly leftOver: readonly { readonly reason: LeftOverReason }[];
  /** Why the attempt stopped before the end, if it did. */
  readonly stopped: Error | undefined;
}): Error {
  const { chunk, done, calls, leftOver, stopped } = attempt;
  const count = (reason: LeftOverReason) => leftOver.filter((left) => left.reason === reason).length;
  const what = `Chunk ${chunk.chunk}: ${chunk.rows - done} of ${chunk.rows} rows are left over (${count('throttled')} throttled, ${count('failed')} after service errors, ${count('locked')} locked by another worker). The next attempt sends only these.`;
  if (stopped instanceof NoPermit) return new NoPermit(`${stopped.message} ${what}`);
  // Without any call there was no progress: then backoff, instead of at once again.
  if (stopped instanceof ChunkUnfinished)
    return calls > 0 ? new ChunkUnfinished(`${stopped.message} ${what}`) : new ItemsThrottled(what);
  return stopped ?? new ItemsThrottled(what);
}
