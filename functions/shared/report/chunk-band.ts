import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, type SeriesPoint, stack } from 'd3-shape';
import { count, counted } from '../words.ts';
import { type ChartSize, drawing, legend, tenth } from './chart-parts.ts';
import type { AttemptView } from './chunk-states.ts';
import { type Html, html } from './html.ts';
import { type Plot, timeAxis, topOf } from './time-axis.ts';
import type { WorkClock } from './work-clock.ts';

/** Units of an interval of the band. */
const INTERVAL_WIDTH = 5;

const KINDS = ['done', 'again', 'failed'] as const;
type Kind = (typeof KINDS)[number];
const WORDS: Readonly<Record<Kind, string>> = {
  done: 'chunks at work',
  again: 'that were tried again',
  failed: 'that failed or were stopped',
};
/** Chunks at work in an interval, on average, by what came of the attempt. */
type Band = Record<Kind, number>;

const KIND_OF: Readonly<Record<AttemptView['state'], Kind>> = {
  done: 'done',
  'at work': 'done',
  again: 'again',
  failed: 'failed',
  stopped: 'failed',
};

/** How many chunks were at work over time: for runs of so many that single ones can't be told apart. */
export function chunkBand(attempts: readonly AttemptView[], clock: WorkClock, size: ChartSize): Html {
  const plot: Plot = { left: 40, right: size.width - 8, top: topOf(clock), bottom: size.height - 26 };
  const toX = scaleLinear([0, Math.max(1, clock.total)], [plot.left, plot.right]);
  const bands = bandsOf(attempts, clock, Math.ceil((plot.right - plot.left) / INTERVAL_WIDTH));
  const highest = Math.max(1, ...bands.map(({ done, again, failed }) => done + again + failed));
  const toY = scaleLinear([0, highest * 1.08], [plot.bottom, plot.top]);
  // The last step needs a corner at its end.
  const corners = [...bands, ...bands.slice(-1)];
  const layers = stack<unknown, Band, Kind>().keys(KINDS)(corners);
  const path = area<SeriesPoint<Band>>(
    (_, index) => tenth(toX((index * clock.total) / bands.length)),
    ([low]) => tenth(toY(low)),
    ([, high]) => tenth(toY(high)),
  ).curve(curveStepAfter);
  const ticks = toY.ticks(4).filter(Number.isInteger);
  const content = html`${ticks.map((value) => gridLine(value, toY(value), plot))}
${layers.map((layer) => html`<path class="band ${layer.key}" d="${path(layer) ?? ''}"/>`)}
${timeAxis(clock, toX, plot)}`;
  const marks = KINDS.filter((kind) => bands.some((band) => band[kind] > 0)).map(
    (kind) => [kind, WORDS[kind]] as const,
  );
  const chunks = new Set(attempts.map(({ chunk }) => chunk)).size;
  const label = `Chunks at work over time: ${counted(chunks, 'chunk')} in ${counted(attempts.length, 'attempt')}, ${count(Math.round(highest))} side by side at most`;
  return html`<div class="chart">${drawing(size, label, content)}${legend(marks)}</div>`;
}

function gridLine(value: number, y: number, { left, right }: Plot): Html {
  return html`<line class="grid" x1="${left}" x2="${right}" y1="${tenth(y)}" y2="${tenth(y)}"/><text class="axis" x="${left - 6}" y="${tenth(y + 4)}" text-anchor="end">${count(value)}</text>`;
}

function bandsOf(attempts: readonly AttemptView[], clock: WorkClock, intervals: number): Band[] {
  const bands = Array.from({ length: intervals }, (): Band => ({ done: 0, again: 0, failed: 0 }));
  const width = Math.max(1, clock.total) / intervals;
  for (const { startedAt, endedAt, state } of attempts) {
    const from = clock.at(startedAt) / width;
    const until = clock.at(endedAt) / width;
    for (let index = Math.floor(from); index < Math.min(until, intervals); index += 1) {
      const band = bands[index];
      if (band) band[KIND_OF[state]] += Math.min(until, index + 1) - Math.max(from, index);
    }
  }
  return bands;
}
