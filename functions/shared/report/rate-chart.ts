import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { duration } from '../words.ts';
import { type ChartSize, drawing, legend, tenth } from './chart-parts.ts';
import { type Html, html } from './html.ts';
import type { RatePoint, RateSeries } from './rate-series.ts';
import { type Plot, timeAxis, topOf } from './time-axis.ts';
import { rate } from './words.ts';
import { type WorkClock, workClock } from './work-clock.ts';

const THROTTLED: [string, string] = ['throttled', 'throttled, sent again later'];
const LIMIT: [string, string] = ['limit', 'limit in force'];

/** A corner of a curve of steps. */
interface Corner {
  readonly x: number;
  readonly point: RatePoint;
}

/** Calls per second of a run over its time at work, the throttled part of them, and the limit in force. */
export function rateChart({ points }: RateSeries, size: ChartSize): Html {
  const clock = clockOf(points);
  const plot: Plot = { left: 40, right: size.width - 8, top: topOf(clock), bottom: size.height - 26 };
  const toX = scaleLinear([0, Math.max(1, clock.total)], [plot.left, plot.right]);
  const highest = Math.max(1, ...points.map(({ calls, limit }) => Math.max(calls, limit ?? 0)));
  const toY = scaleLinear([0, highest * 1.08], [plot.bottom, plot.top]);
  // Both ends of each interval: where the limit is not known, the line stops at the end of the last one that has it.
  const corners = points.flatMap((point): Corner[] =>
    [point.from, point.until].map((time) => ({ x: toX(clock.at(time)), point })),
  );

  const areaOf = (from: (point: RatePoint) => number, to: (point: RatePoint) => number) =>
    area<Corner>(
      ({ x }) => x,
      ({ point }) => toY(from(point)),
      ({ point }) => toY(to(point)),
    )(corners) ?? '';
  const limitLine = line<Corner>(
    ({ x }) => x,
    ({ point }) => toY(point.limit ?? 0),
  ).defined(({ point }) => point.limit !== undefined);

  const content = html`${valueAxis(toY, plot)}
<path class="calls" d="${short(areaOf(() => 0, sent))}"/>
<path class="throttled" d="${short(areaOf(sent, ({ calls }) => calls))}"/>
<path class="limit" d="${short(limitLine(corners) ?? '')}"/>
${timeAxis(clock, toX, plot)}
${points.map((point) => hover(point, clock, toX, plot))}`;
  const marks: [string, string][] = [
    ['calls', 'calls per second'],
    ...(points.some(({ throttled }) => throttled > 0) ? [THROTTLED] : []),
    ...(points.some(({ limit }) => limit !== undefined) ? [LIMIT] : []),
  ];
  return html`<div class="chart">${drawing(size, rateLabel(points), content)}${legend(marks)}</div>`;
}

function clockOf(points: readonly RatePoint[]): WorkClock {
  const spans: { from: number; until: number }[] = [];
  for (const { from, until } of points) {
    const last = spans.at(-1);
    if (last?.until === from) last.until = until;
    else spans.push({ from, until });
  }
  return workClock(spans);
}

function sent({ calls, throttled }: RatePoint): number {
  return Math.max(0, calls - throttled);
}

function valueAxis(toY: ReturnType<typeof scaleLinear<number>>, { left, right }: Plot): Html[] {
  return toY.ticks(4).map((value) => {
    const y = tenth(toY(value));
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/><text class="axis" x="${left - 6}" y="${y + 4}" text-anchor="end">${rate(value)}</text>`;
  });
}

function hover(point: RatePoint, clock: WorkClock, toX: (atWork: number) => number, { top, bottom }: Plot): Html {
  const x = toX(clock.at(point.from));
  const { calls, throttled, limit } = point;
  const text = [
    `after ${duration(clock.at(point.from) / 1000)}: ${rate(calls)} calls per second`,
    ...(throttled > 0 ? [`${rate(throttled)} of them throttled`] : []),
    ...(limit === undefined ? [] : [`limit ${rate(limit)}`]),
  ].join(', ');
  return html`<rect class="hover" x="${tenth(x)}" y="${top}" width="${tenth(toX(clock.at(point.until)) - x)}" height="${bottom - top}"><title>${text}</title></rect>`;
}

function rateLabel(points: readonly RatePoint[]): string {
  const seconds = points.reduce((sum, { from, until }) => sum + (until - from) / 1000, 0);
  const calls = points.reduce((sum, point) => sum + (point.calls * (point.until - point.from)) / 1000, 0);
  const limits = points.flatMap(({ limit }) => limit ?? []);
  const mean = `Calls per second over time: ${rate(seconds > 0 ? calls / seconds : 0)} on average`;
  return limits.length > 0 ? `${mean}, limit ${rate(Math.max(...limits))} at most` : mean;
}

/** Path data with a tenth of a unit, which is a third of its length. */
function short(path: string): string {
  return path.replace(/\d+\.\d+/g, (digits) => String(tenth(Number(digits))));
}
