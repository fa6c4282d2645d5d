import type { ChunkProgress } from '../../functions/shared/contracts.ts';

/** The newest attempt of each chunk that was begun. */
export function newestAttempts(attempts: readonly ChunkProgress[]): ChunkProgress[] {
  const newest = new Map<number, ChunkProgress>();
  for (const attempt of attempts) {
    const known = newest.get(attempt.chunk);
    if (!known || isLater(attempt, known)) newest.set(attempt.chunk, attempt);
  }
  return [...newest.values()];
}

function isLater(a: ChunkProgress, b: ChunkProgress): boolean {
  return a.redrive === b.redrive ? a.retry > b.retry : a.redrive > b.redrive;
}
