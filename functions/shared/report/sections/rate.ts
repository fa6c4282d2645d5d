import { count, counted } from '../../words.ts';
import { type Html, html } from '../html.ts';
import { rateChart } from '../rate-chart.ts';
import { hasRates, type RatePoint, rateSeries } from '../rate-series.ts';
import type { ReportData } from '../report-data.ts';
import { lasting, percent, rate } from '../words.ts';
import { secondsAtWork } from '../work-clock.ts';
import { LEAST_SECONDS } from './key-figures.ts';
import { responsive, section } from './parts.ts';

/** A permit says when a call may start. */
const BARS =
  'Each bar is an average of two seconds or more, and counts calls when they are answered; the limit is kept by their starts. So a bar may stand a little above the line.';

/** Units of the drawing that a point takes. */
const POINT_WIDTH = 4;
const CHART_HEIGHT = 230;
/** Finer than any chart, for the sentences: each is one slot in a run of less than six hours. */
const FINE_POINTS = 10_000;

export function rateOverTime({ progress, quota }: ReportData): Html | undefined {
  const { attempts, calls, throttled } = progress;
  if (calls === 0) return undefined;
  const seconds = secondsAtWork(attempts);
  const sentences = [
    `${counted(calls, 'call')} in ${lasting(seconds)} at work${seconds < LEAST_SECONDS ? '' : average(calls / seconds, quota)}.`,
    throttled === 0
      ? 'Customer Profiles throttled none.'
      : `Customer Profiles throttled ${count(throttled)} of them (${percent(throttled / calls)}); these were sent again later.`,
    ...(hasRates(attempts) ? lowered(rateSeries(attempts, FINE_POINTS).points, quota) : []),
  ];
  const chart = hasRates(attempts)
    ? responsive((width) =>
        rateChart(rateSeries(attempts, Math.floor(width / POINT_WIDTH)), { width, height: CHART_HEIGHT }),
      )
    : html`<p class="hint">The calls over time are not known: an older version of the deployment did not note them.</p>`;
  return section(
    'rate',
    'Rate against the limit',
    html`<p>${sentences.join(' ')}</p>
${chart}
<p class="hint">${BARS}</p>`,
  );
}

function average(mean: number, quota: number): string {
  return `: ${rate(mean)} per second on average, ${percent(mean / quota)} of the limit of ${rate(quota)}`;
}

/** The limit falls for everybody when the service throttles, and an operator may lower it. */
function lowered(points: readonly RatePoint[], quota: number): string[] {
  const below = points.flatMap(({ from, until, limit }) =>
    limit !== undefined && limit < quota ? { seconds: (until - from) / 1000, limit } : [],
  );
  if (below.length === 0) return [];
  const seconds = below.reduce((sum, each) => sum + each.seconds, 0);
  const lowest = Math.min(...below.map(({ limit }) => limit));
  return [`For ${lasting(seconds)} the limit in force was lower than that, ${rate(lowest)} at the least.`];
}
