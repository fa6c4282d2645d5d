import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { RunProgress } from './run-progress.ts';

/** Seconds over which the current rate is measured: long beside the two seconds between two notes of a worker. */
const RATE_WINDOW_S = 20;
const PLAIN_LINE_EVERY_S = 5;

export interface ProgressDisplay {
  show(progress: RunProgress): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a plain line every few seconds, for logs. */
export function createProgressDisplay(options: {
  readonly stream: NodeJS.WriteStream;
  /** Calls per second that the rate plan allows. */
  readonly quota: number;
  readonly now: () => number;
}): ProgressDisplay {
  const rate = rateOver(RATE_WINDOW_S);
  const draw = options.stream.isTTY ? bar(options.stream) : plainLines(options.stream, options.now);
  return {
    show(progress) {
      const { callsPerSecond, rowsPerSecond } = rate(options.now() / 1000, progress);
      if (progress.totalRows === undefined) return;
      draw.show(progress, progress.totalRows, statusText(progress, callsPerSecond, rowsPerSecond, options.quota));
    },
    end: draw.end,
  };
}

/** Outcomes, calls per second against the budget, and the time left. */
export function statusText(
  progress: RunProgress,
  callsPerSecond: number,
  rowsPerSecond: number,
  quota: number,
): string {
  const { synced, unchanged, stale, rejected, throttled, rows, totalRows = 0 } = progress;
  const left = totalRows - rows;
  const secondsLeft = left === 0 ? 0 : rowsPerSecond > 0 ? Math.ceil(left / rowsPerSecond) : undefined;
  return [
    `synced ${count(synced)}`,
    `unchanged ${count(unchanged)}`,
    `stale ${count(stale)}`,
    `rejected ${count(rejected)}`,
    `${callsPerSecond.toFixed(0)} of ${quota} calls/s`,
    ...(throttled > 0 ? [`throttled ${count(throttled)}`] : []),
    ...(secondsLeft === undefined ? [] : [`about ${secondsLeft} s left`]),
  ].join(', ');
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

interface Drawing {
  show(progress: RunProgress, totalRows: number, status: string): void;
  end(): void;
}

function bar(stream: NodeJS.WriteStream): Drawing {
  const bars = new MultiBar(
    { stream, format: '{bar} {value} of {total} rows\n  {status}', hideCursor: true, barsize: 30 },
    Presets.shades_classic,
  );
  let drawn: SingleBar | undefined;
  return {
    show({ rows }, totalRows, status) {
      drawn ??= bars.create(totalRows, 0, { status });
      drawn.update(rows, { status });
    },
    end: () => bars.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream, now: () => number): Drawing {
  let lastAt = 0;
  return {
    show({ rows }, totalRows, status) {
      if (now() - lastAt < PLAIN_LINE_EVERY_S * 1000) return;
      lastAt = now();
      stream.write(`${count(rows)} of ${count(totalRows)} rows: ${status}\n`);
    },
    end: () => undefined,
  };
}

function rateOver(windowSeconds: number) {
  const seen: { at: number; calls: number; rows: number }[] = [];
  return (at: number, { calls, rows }: RunProgress) => {
    seen.push({ at, calls, rows });
    while (seen.length > 2 && at - (seen[1]?.at ?? at) >= windowSeconds) seen.shift();
    const [first] = seen;
    const seconds = first ? at - first.at : 0;
    if (!first || seconds === 0) return { callsPerSecond: 0, rowsPerSecond: 0 };
    return { callsPerSecond: (calls - first.calls) / seconds, rowsPerSecond: (rows - first.rows) / seconds };
  };
}
