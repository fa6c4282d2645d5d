import type { ChunkProgress } from '../../functions/shared/contracts.ts';

/** A worker notes its progress every two seconds: the rate is that of the time up to which all notes have come. */
export const NOTES_COME_WITHIN_MS = 3_000;
/** Long enough to hide that workers end one chunk and begin the next. */
const WINDOW_MS = 20_000;

interface Note {
  readonly at: number;
  readonly calls: number;
}

/**
 * Calls per second of a run, over the last twenty seconds of which everything is known. The notes of many workers come in
 * bursts, so each worker's calls are spread evenly between its own notes instead of counted when they are read.
 */
export function createRateMeter(): (attempts: readonly ChunkProgress[], now: number) => number {
  const notes = new Map<string, Note[]>();
  return (attempts, now) => {
    const to = now - NOTES_COME_WITHIN_MS;
    const begun = attempts.reduce((earliest, { startedAt }) => Math.min(earliest, startedAt), to);
    const from = Math.max(to - WINDOW_MS, begun);
    let calls = 0;
    for (const attempt of attempts) {
      const id = `${attempt.chunk} ${attempt.redrive} ${attempt.retry}`;
      const own = notes.get(id) ?? [{ at: attempt.startedAt, calls: 0 }];
      if (attempt.updatedAt > (own.at(-1)?.at ?? 0)) own.push({ at: attempt.updatedAt, calls: attempt.calls });
      while (own.length > 2 && (own[1]?.at ?? to) < from) own.shift();
      notes.set(id, own);
      calls += callsAt(own, to) - callsAt(own, from);
    }
    return to > from ? calls / ((to - from) / 1000) : 0;
  };
}

function callsAt(notes: readonly Note[], time: number): number {
  const next = notes.findIndex(({ at }) => at > time);
  if (next === 0) return 0;
  const before = notes.at(next === -1 ? -1 : next - 1);
  const after = notes[next];
  if (!before || !after) return before?.calls ?? 0;
  return before.calls + (after.calls - before.calls) * ((time - before.at) / (after.at - before.at));
}
