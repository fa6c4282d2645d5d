import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { count } from '../output/words.ts';
import type { LiveStatus } from './live-status.ts';
import { statusAsJson, statusLines } from './status-text.ts';

const PLAIN_LINE_EVERY_S = 5;

/** Shows a run at work, as often as there is something new. */
export interface ProgressDisplay {
  /** Whether there is room for a new one: reading it costs calls. */
  isDue(now: number): boolean;
  show(status: LiveStatus): void;
  /** A line for people. */
  note(text: string): void;
  end(): void;
}

/** A bar with lines under it on a terminal; elsewhere a plain line every few seconds, for logs. */
export function createProgressDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  return stream.isTTY ? bar(stream) : plainLines(stream);
}

/** One JSON object a line. */
export function jsonLines(
  stream: NodeJS.WritableStream,
  { everySeconds, notes }: { readonly everySeconds: number; readonly notes: NodeJS.WritableStream },
): ProgressDisplay {
  const interval = createInterval(everySeconds);
  return {
    isDue: interval.isOver,
    show(status) {
      interval.begin(status.at);
      stream.write(`${JSON.stringify(statusAsJson(status))}\n`);
    },
    note: (text) => notes.write(`${text}\n`),
    end() {},
  };
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const bars = new MultiBar({ stream, hideCursor: true, barsize: 30 }, Presets.shades_classic);
  let drawn: { readonly rows: SingleBar; readonly lines: readonly SingleBar[] } | undefined;
  return {
    isDue: () => true,
    show(status) {
      const { totalRows, rows } = status.progress;
      if (totalRows === undefined) return;
      const texts = statusLines(status);
      drawn ??= {
        rows: bars.create(totalRows, 0, {}, { format: '{bar} {value} of {total} rows' }),
        lines: texts.map((text) => bars.create(1, 0, { text }, { format: '{text}' })),
      };
      drawn.rows.update(rows);
      for (const [index, line] of drawn.lines.entries()) line.update(0, { text: texts[index] });
    },
    note: (text) => (drawn ? bars.log(`${text}\n`) : stream.write(`${text}\n`)),
    end: () => bars.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressDisplay {
  const interval = createInterval(PLAIN_LINE_EVERY_S);
  return {
    isDue: interval.isOver,
    show(status) {
      const { totalRows, rows } = status.progress;
      if (totalRows === undefined) return;
      interval.begin(status.at);
      stream.write(`${count(rows)} of ${count(totalRows)} rows: ${statusLines(status).join(', ')}\n`);
    },
    note: (text) => stream.write(`${text}\n`),
    end() {},
  };
}

/** So many seconds; over from the beginning. Times are epoch milliseconds. */
function createInterval(seconds: number) {
  let beganAt = Number.NEGATIVE_INFINITY;
  return {
    isOver: (now: number): boolean => now - beganAt >= seconds * 1000,
    begin(now: number): void {
      beganAt = now;
    },
  };
}
