import type { ChunkProgress } from '../../functions/shared/contracts.ts';

export const START = 1_800_000_000_000;

/** What a worker noted of one attempt: ten rows, all synced, in two seconds. */
export function attempt(over: Partial<ChunkProgress> = {}): ChunkProgress {
  return {
    chunk: 0,
    redrive: 0,
    retry: 0,
    rows: 10,
    synced: 10,
    unchanged: 0,
    stale: 0,
    rejected: 0,
    calls: 10,
    throttled: 0,
    startedAt: START,
    updatedAt: START + 2_000,
    ...over,
  };
}
