import { count, duration } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { percent, rate } from '../words.ts';
import { workSpans } from '../work-clock.ts';

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function keyFigures(data: ReportData): Html {
  const figures = figuresOf(data).map(
    ({ name, value, note }) => html`<div><dt>${name}</dt><dd><strong>${value}</strong> <span>${note}</span></dd></div>`,
  );
  return html`<dl class="figures">${figures}</dl>
`;
}

function figuresOf({ ending, progress, startedAt, endedAt, quota, redrives }: ReportData): Figure[] {
  const { rows, synced, rejected } = ending.is === 'done' ? ending.summary : progress;
  const total = ending.is === 'done' ? rows : progress.totalRows;
  const { calls, throttled } = progress;
  const worked = secondsAtWork(progress.attempts);
  const seconds = ending.is === 'done' ? ending.summary.seconds : (endedAt - startedAt) / 1000;
  return [
    {
      name: 'Rows',
      value: total === undefined ? 'not known' : count(total),
      note: total === undefined || total === rows ? 'in the export' : `${count(rows)} came to an end`,
    },
    { name: 'Sent', value: count(synced), note: total ? `${percent(synced / total)} of the rows` : 'rows' },
    { name: 'Rejected', value: count(rejected), note: total ? `${percent(rejected / total)} of the rows` : 'rows' },
    {
      name: 'Time',
      value: duration(redrives > 0 ? worked : seconds),
      note: redrives > 0 ? `at work; ${duration(seconds)} with the pause` : 'from start to end',
    },
    {
      name: 'Calls',
      value: count(calls),
      note: throttled > 0 ? `${percent(throttled / calls)} throttled` : 'none throttled',
    },
    {
      name: 'Rate',
      value: worked > 0 && calls > 0 ? `${rate(calls / worked)}/s` : '–',
      note: `on average; limit ${rate(quota)}/s`,
    },
  ];
}

/** Without the times in which the run lay still. */
export function secondsAtWork(attempts: ReportData['progress']['attempts']): number {
  return workSpans(attempts).reduce((sum, { from, until }) => sum + (until - from) / 1000, 0);
}
