import { peakMemory } from '../peak-memory.ts';

export interface Passes {
  /** Seconds, of the fastest pass: what else the machine does only ever adds to one. 0 if nothing was read for comparison. */
  readonly read: number;
  readonly split: number;
  /** That every pass found. */
  readonly rows: number;
  /** MB, the most that the process ever had. */
  readonly peakMb: number;
}

export interface Tasks {
  /** Takes in the bytes alone. */
  readonly read?: () => Promise<void>;
  /** Returns the rows that it found. */
  readonly split: () => Promise<number>;
}

/** Does both in turn, so that noise on the machine hits both. */
export async function alternate({ read, split }: Tasks, warmUps: number, passes: number): Promise<Passes> {
  const reads: number[] = [];
  const splits: number[] = [];
  let rows = 0;
  for (let pass = -warmUps; pass < passes; pass++) {
    const startedAt = performance.now();
    await read?.();
    const readAt = performance.now();
    rows = await split();
    const splitAt = performance.now();
    if (pass < 0) continue;
    reads.push((readAt - startedAt) / 1000);
    splits.push((splitAt - readAt) / 1000);
  }
  const peakMb = peakMemory() / 1e6;
  return { read: Math.min(...reads), split: Math.min(...splits), rows, peakMb };
}
