import { duration } from '../words.ts';
import { tenth } from './chart-parts.ts';
import { type Html, html } from './html.ts';
import type { WorkClock } from './work-clock.ts';

/** Where the plot lies in the drawing. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Units that a label takes; more of them would run into each other. */
const LABEL_WIDTH = 72;
const PAUSE_LABEL_WIDTH = 150;

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Seconds between two ticks. */
const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  DAY,
];

/** Units above a plot, for the words of its pauses. */
export function topOf({ pauses }: WorkClock): number {
  return pauses.length > 0 ? 26 : 8;
}

/** The axis of the time at work, with a mark wherever the run lay still. @param toX from milliseconds at work. */
export function timeAxis(clock: WorkClock, toX: (atWork: number) => number, plot: Plot): Html {
  const ticks = tickSeconds(clock.total / 1000, plot.right - plot.left).map((seconds) => {
    const x = tenth(toX(seconds * 1000));
    const anchor = x > plot.right - LABEL_WIDTH / 2 ? 'end' : seconds === 0 ? 'start' : 'middle';
    return html`<line class="tick" x1="${x}" x2="${x}" y1="${plot.bottom}" y2="${plot.bottom + 5}"/><text class="axis" x="${x}" y="${plot.bottom + 18}" text-anchor="${anchor}">${seconds === 0 ? '0' : duration(seconds)}</text>`;
  });
  return html`<line class="base" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>${ticks}${pauseMarks(clock, toX, plot)}`;
}

function tickSeconds(total: number, width: number): number[] {
  const most = Math.max(1, Math.floor(width / LABEL_WIDTH));
  const step = STEPS.find((seconds) => total / seconds <= most) ?? Math.ceil(total / most / DAY) * DAY;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => index * step);
}

function pauseMarks({ pauses }: WorkClock, toX: (atWork: number) => number, plot: Plot): Html[] {
  let freeFrom = plot.left;
  return pauses.map(({ after, lasted }) => {
    const x = tenth(toX(after));
    const begin = Math.min(Math.max(plot.left, x - PAUSE_LABEL_WIDTH / 2), plot.right - PAUSE_LABEL_WIDTH);
    const hasRoom = begin >= freeFrom;
    if (hasRoom) freeFrom = begin + PAUSE_LABEL_WIDTH;
    const text = `lay still for ${duration(lasted / 1000)}`;
    const label = html`<text class="pause-word" x="${tenth(begin + PAUSE_LABEL_WIDTH / 2)}" y="${plot.top - 8}" text-anchor="middle">${text}</text>`;
    return html`<g><title>${text}</title><line class="pause" x1="${x}" x2="${x}" y1="${plot.top - 4}" y2="${plot.bottom}"/>${hasRoom && label}</g>`;
  });
}
