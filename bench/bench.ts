/** How much is measured: all of it, or a short form that shows the same in a few minutes. */
export type Effort = 'quick' | 'full';

/** What a line has to reach. `ratio` is that of its two figures. */
export interface Bar {
  readonly is: 'at least' | 'at most';
  readonly ratio: number;
}

/** One comparison: two figures of the same run of the same machine, so that a slow machine changes both. */
export interface Line {
  readonly what: string;
  /** With its unit, as `79.6 calls/s`. */
  readonly ours: string;
  /** What it is compared with, and its figure: `limit 80 calls/s`, `plain read 1,900 MB/s`. */
  readonly against: string;
  /** Ours divided by the other. */
  readonly ratio: number;
  /** Absent where the line is only to be known. */
  readonly bar?: Bar;
}

/** Figures that are no comparison. */
export interface Detail {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Measured {
  /** What was measured and with which settings, in sentences. */
  readonly settings: readonly string[];
  readonly lines: readonly Line[];
  readonly details?: readonly Detail[];
}

/** One subject of measurement. */
export interface Bench {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** @param say takes a word on what is done now, for whoever waits. */
  measure(effort: Effort, say: (progress: string) => void): Promise<Measured>;
}

export function fallsShort({ ratio, bar }: Line): boolean {
  if (!bar) return false;
  // A figure that could not be measured reaches nothing.
  if (!Number.isFinite(ratio)) return true;
  return bar.is === 'at least' ? ratio < bar.ratio : ratio > bar.ratio;
}
