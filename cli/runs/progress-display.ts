import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { count } from '../output/words.ts';
import type { LiveStatus } from './live-status.ts';
import { statusAsJson, statusLines } from './status-text.ts';

const PLAIN_LINE_EVERY_S = 5;

/** Shows a run at work, as often as there is something new. */
export interface ProgressDisplay {
  show(status: LiveStatus): void;
  end(): void;
}

/** A bar with lines under it on a terminal; elsewhere a plain line every few seconds, for logs. */
export function createProgressDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  return stream.isTTY ? bar(stream) : plainLines(stream);
}

/** One JSON object a line. */
export function jsonLines(stream: NodeJS.WritableStream, everySeconds: number): ProgressDisplay {
  const isDue = createInterval(everySeconds);
  return {
    show(status) {
      if (isDue(status.at)) stream.write(`${JSON.stringify(statusAsJson(status))}\n`);
    },
    end() {},
  };
}

function bar(stream: NodeJS.WriteStream): ProgressDisplay {
  const bars = new MultiBar({ stream, hideCursor: true, barsize: 30 }, Presets.shades_classic);
  let drawn: { readonly rows: SingleBar; readonly lines: readonly SingleBar[] } | undefined;
  return {
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
    end: () => bars.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): ProgressDisplay {
  const isDue = createInterval(PLAIN_LINE_EVERY_S);
  return {
    show(status) {
      const { totalRows, rows } = status.progress;
      if (totalRows === undefined || !isDue(status.at)) return;
      stream.write(`${count(rows)} of ${count(totalRows)} rows: ${statusLines(status).join(', ')}\n`);
    },
    end() {},
  };
}

/** True at most once in so many seconds, the first time at once. */
function createInterval(seconds: number): (now: number) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY;
  return (now) => {
    if (now - lastAt < seconds * 1000) return false;
    lastAt = now;
    return true;
  };
}
