import { scaleLinear } from 'd3-scale';
import { count, counted, duration } from '../words.ts';
import { type ChartSize, drawing, legend, tenth } from './chart-parts.ts';
import { chunkBand } from './chunk-band.ts';
import type { AttemptView } from './chunk-states.ts';
import { type Html, html } from './html.ts';
import { timeAxis, topOf } from './time-axis.ts';
import { workClock, workSpans } from './work-clock.ts';

/** More bars than this nobody tells apart; they are drawn as a band of how many were at work. */
const MAX_BARS = 400;
const LANE_HEIGHT = 18;
const BOTTOM = 26;
/** Units of a bar that has room for the number of its chunk. */
const NUMBER_FITS = 26;

const WORDS: Readonly<Record<AttemptView['state'], string>> = {
  done: 'done',
  'at work': 'at work',
  again: 'tried again',
  failed: 'failed',
  stopped: 'stopped when the run ended',
};

/** When which chunks were worked on, one lane for each worker that was at work beside the others. */
export function chunkTimeline(attempts: readonly AttemptView[], { width }: Pick<ChartSize, 'width'>): Html {
  const clock = workClock(workSpans(attempts.map(({ startedAt, endedAt }) => ({ startedAt, updatedAt: endedAt }))));
  if (attempts.length > MAX_BARS) return chunkBand(attempts, clock, { width, height: 220 });
  const lanes = packed(attempts);
  const top = topOf(clock);
  const plot = { left: 8, right: width - 8, top, bottom: top + lanes.length * LANE_HEIGHT + 2 };
  const toX = scaleLinear([0, Math.max(1, clock.total)], [plot.left, plot.right]);
  const bars = lanes.flatMap((lane, index) =>
    lane.map((attempt) => {
      const x = toX(clock.at(attempt.startedAt));
      const until = toX(clock.at(attempt.endedAt));
      return barOf(attempt, { x, y: top + index * LANE_HEIGHT, width: Math.max(2, until - x - 1) });
    }),
  );
  const chunks = new Set(attempts.map(({ chunk }) => chunk)).size;
  const label = `Chunks over time: ${counted(chunks, 'chunk')} in ${counted(attempts.length, 'attempt')}, ${count(lanes.length)} side by side at most`;
  const content = html`${timeAxis(clock, toX, plot)}${bars}`;
  return html`<div class="chart">${drawing({ width, height: plot.bottom + BOTTOM }, label, content)}${legend(marksOf(attempts))}</div>`;
}

/** Each attempt in the first lane that is free when it starts. */
function packed(attempts: readonly AttemptView[]): AttemptView[][] {
  const lanes: AttemptView[][] = [];
  for (const attempt of attempts.toSorted((a, b) => a.startedAt - b.startedAt || a.chunk - b.chunk)) {
    const free = lanes.find((lane) => (lane.at(-1)?.endedAt ?? 0) <= attempt.startedAt);
    if (free) free.push(attempt);
    else lanes.push([attempt]);
  }
  return lanes;
}

function barOf(attempt: AttemptView, { x, y, width }: { x: number; y: number; width: number }): Html {
  const redriven = attempt.redrive > 0;
  const mark = html`<path class="redrive-mark" d="M${tenth(x)} ${y + 2}h7l-7 7z"/>`;
  const number = html`<text class="on-bar" x="${tenth(x + width / 2)}" y="${y + 13}" text-anchor="middle">${attempt.chunk}</text>`;
  return html`<g><title>${attemptText(attempt)}</title><rect class="bar ${markOf(attempt)}" x="${tenth(x)}" y="${y + 2}" width="${tenth(width)}" height="${LANE_HEIGHT - 4}" rx="2"/>${width >= NUMBER_FITS && number}${redriven && mark}</g>`;
}

function attemptText({ chunk, retry, redrive, startedAt, endedAt, ended, state, rows, calls, throttled }: AttemptView) {
  const which = [...(redrive > 0 ? [`redrive ${redrive}`] : []), ...(retry > 0 ? [`retry ${retry}`] : [])];
  return [
    `chunk ${chunk}${which.length > 0 ? ` (${which.join(', ')})` : ''}: ${WORDS[state]}${ended === state ? '' : ` (${ended})`}`,
    `${duration((endedAt - startedAt) / 1000)}, ${counted(rows, 'row')}, ${counted(calls, 'call')}${throttled > 0 ? `, ${count(throttled)} throttled` : ''}`,
  ].join('\n');
}

function markOf({ state }: AttemptView): string {
  return state === 'at work' ? 'at-work' : state;
}

function marksOf(attempts: readonly AttemptView[]): [string, string][] {
  const states = new Map(attempts.map((attempt) => [attempt.state, markOf(attempt)]));
  const marks = [...states].map(([state, mark]): [string, string] => [mark, WORDS[state]]);
  return attempts.some(({ redrive }) => redrive > 0) ? [...marks, ['redrive-mark', 'of a redrive']] : marks;
}
