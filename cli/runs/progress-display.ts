import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { RunProgress } from '../../functions/shared/run-progress.ts';
import { count } from '../output/words.ts';
import { createRateMeter, secondsLeft } from './run-rate.ts';

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
  const callsPerSecond = createRateMeter();
  const draw = options.stream.isTTY ? bar(options.stream) : plainLines(options.stream, options.now);
  return {
    show(progress) {
      const { totalRows, attempts } = progress;
      const rate = callsPerSecond(attempts, options.now());
      if (totalRows === undefined) return;
      const left = secondsLeft({ ...progress, totalRows }, options.now());
      draw.show(progress, totalRows, statusText(progress, rate, options.quota, left));
    },
    end: draw.end,
  };
}

/** Outcomes, calls per second against the budget, and the time left. */
export function statusText(
  { synced, unchanged, stale, rejected, throttled }: RunProgress,
  callsPerSecond: number,
  quota: number,
  seconds: number | undefined,
): string {
  return [
    `synced ${count(synced)}`,
    `unchanged ${count(unchanged)}`,
    `stale ${count(stale)}`,
    `rejected ${count(rejected)}`,
    `about ${callsPerSecond.toFixed(0)} of ${quota} calls/s`,
    ...(throttled > 0 ? [`throttled ${count(throttled)}`] : []),
    ...(seconds === undefined ? [] : [`about ${count(seconds)} s left`]),
  ].join(', ');
}

interface Drawing {
  show(progress: RunProgress, totalRows: number, status: string): void;
  end(): void;
}

function bar(stream: NodeJS.WriteStream): Drawing {
  const lines = new MultiBar({ stream, hideCursor: true, barsize: 30 }, Presets.shades_classic);
  let drawn: { bar: SingleBar; status: SingleBar } | undefined;
  return {
    show({ rows }, totalRows, status) {
      drawn ??= {
        bar: lines.create(totalRows, 0, {}, { format: '{bar} {value} of {total} rows' }),
        status: lines.create(1, 0, { status }, { format: '{status}' }),
      };
      drawn.bar.update(rows);
      drawn.status.update(0, { status });
    },
    end: () => lines.stop(),
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
