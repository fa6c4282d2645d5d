import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../../functions/shared/clock.ts';
import { count } from '../output/words.ts';

const PLAIN_LINE_EVERY_MS = 5_000;

export interface RowsDisplay {
  show(rows: number, totalRows: number): void;
  end(): void;
}

/** How many rows of a file are judged: a bar on a terminal; elsewhere a plain line every few seconds. */
export function createRowsDisplay(stream: NodeJS.WriteStream, clock: Clock): RowsDisplay {
  if (stream.isTTY) {
    const format = '{bar} {value} of {total} rows';
    const bar = new SingleBar({ stream, format, hideCursor: true, barsize: 30 }, Presets.shades_classic);
    return {
      show(rows, totalRows) {
        if (bar.isActive) bar.update(rows);
        else bar.start(totalRows, rows);
      },
      end: () => bar.stop(),
    };
  }
  let lastAt = clock.now();
  return {
    show(rows, totalRows) {
      if (clock.now() - lastAt < PLAIN_LINE_EVERY_MS) return;
      lastAt = clock.now();
      stream.write(`${count(rows)} of ${count(totalRows)} rows\n`);
    },
    end() {},
  };
}
