import { count } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { lasting, percent, rate } from '../words.ts';
import { secondsAtWork } from '../work-clock.ts';

/** A shorter time at work has no rate worth the name. */
export const LEAST_SECONDS = 5;

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** Of a run that was cut into chunks: one that was not has none. */
export function keyFigures(data: ReportData): Html | undefined {
  if (data.ending.is === 'failed' && data.progress.totalRows === undefined) return undefined;
  const figures = figuresOf(data).map(
    ({ name, value, note }) => html`<div><dt>${name}</dt><dd><strong>${value}</strong> <span>${note}</span></dd></div>`,
  );
  return html`<dl class="figures">${figures}</dl>
`;
}

function figuresOf({ ending, progress, startedAt, endedAt, quota, redrives }: ReportData): Figure[] {
  const { rows, synced, rejected } = ending.is === 'done' ? ending.summary : progress;
  const total = ending.is === 'done' ? rows : (progress.totalRows ?? 0);
  const { calls, throttled } = progress;
  const worked = secondsAtWork(progress.attempts);
  const seconds = ending.is === 'done' ? ending.summary.seconds : (endedAt - startedAt) / 1000;
  return [
    {
      name: 'Rows',
      value: count(total),
      note: total === rows ? 'in the export' : `${count(rows)} done`,
    },
    { name: 'Sent', value: count(synced), note: shareOf(synced, total) },
    { name: 'Rejected', value: count(rejected), note: shareOf(rejected, total) },
    {
      name: 'Time',
      value: lasting(redrives > 0 ? worked : seconds),
      note: redrives > 0 ? `at work; ${lasting(seconds)} from start to end` : 'from start to end',
    },
    {
      name: 'Calls',
      value: count(calls),
      note: throttled > 0 ? `${percent(throttled / calls)} throttled` : 'none throttled',
    },
    {
      name: 'Average rate',
      value: worked >= LEAST_SECONDS && calls > 0 ? `${rate(calls / worked)}/s` : '–',
      note: `limit ${rate(quota)}/s`,
    },
  ];
}

function shareOf(rows: number, total: number): string {
  return total === 0 ? 'of no rows' : `${percent(rows / total)} of the rows`;
}
