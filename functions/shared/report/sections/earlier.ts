import { count, counted } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData, RunRecord } from '../report-data.ts';
import { lasting, percent, utcTime } from '../words.ts';
import { type Column, section, table } from './parts.ts';

/** Shares by which a run differs from the usual one before it is told. */
const ROWS_DIFFER = 0.2;
const TIME_DIFFERS = 0.5;
const REJECTED_SHARE_DIFFERS = 0.005;
const SECONDS_DIFFER = 60;

/** What is compared, of this run and of earlier ones. */
type Compared = Pick<
  RunRecord,
  'key' | 'startedAt' | 'seconds' | 'rows' | 'synced' | 'unchanged' | 'rejected' | 'calls' | 'throttled'
>;

export function comparison(data: ReportData): Html | undefined {
  const { ending, earlier } = data;
  if (ending.is === 'failed') return undefined;
  if (earlier.length === 0) {
    return section('earlier', 'Compared with earlier runs', html`<p>No earlier run is known.</p>`);
  }
  const { summary } = ending;
  const now: Compared = { ...summary, key: summary.export.key, startedAt: data.startedAt };
  return section(
    'earlier',
    'Compared with earlier runs',
    html`${differences(now, data.redrives > 0, earlier).map((sentence) => html`<p>${sentence}</p>`)}
${runsTable([now, ...earlier])}`,
  );
}

/** In words, what differs much from the runs before of exports named alike; exports of other names hold other data. */
export function differences(now: Compared, isRedriven: boolean, earlier: readonly Compared[]): string[] {
  const alike = earlier.filter(({ key }) => seriesOf(key) === seriesOf(now.key));
  if (alike.length === 0) return ['No earlier run is known of an export with a name like this one’s.'];
  const usual = (of: (run: Compared) => number): number => median(alike.map(of));
  const rows = usual((run) => run.rows);
  const seconds = usual((run) => run.seconds);
  const rejected = usual(rejectedShare);
  const found = [
    ...(Math.abs(now.rows - rows) > rows * ROWS_DIFFER
      ? [`${changedRows(now.rows, rows)} ${now.rows < rows ? 'Is the export complete?' : ''}`.trim()]
      : []),
    // The time of a redriven run says when somebody came to redrive it.
    ...(!isRedriven && Math.abs(now.seconds - seconds) > Math.max(SECONDS_DIFFER, seconds * TIME_DIFFERS)
      ? [`The run took ${lasting(now.seconds)}, ${lasting(seconds)} is usual.`]
      : []),
    ...(rejectedShare(now) - rejected > REJECTED_SHARE_DIFFERS && rejectedShare(now) > 2 * rejected
      ? [`${percent(rejectedShare(now))} of the rows were rejected, ${percent(rejected)} is usual.`]
      : []),
  ];
  const of = alike.length === 1 ? 'the run before' : `the ${count(alike.length)} runs before`;
  return found.length > 0 ? found : [`Rows and rejected rows are much like those of ${of}.`];
}

/** The name of an export without what changes from night to night. */
function seriesOf(key: string): string {
  return key.replaceAll(/\d+/g, '#');
}

function rejectedShare({ rows, rejected }: Compared): number {
  return rows === 0 ? 0 : rejected / rows;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

function changedRows(now: number, usual: number): string {
  const by = usual === 0 ? '' : `${percent(Math.abs(now - usual) / usual)} `;
  return `${counted(now, 'row')}, ${by}${now < usual ? 'fewer' : 'more'} than usual (${count(Math.round(usual))}).`;
}

function runsTable(runs: readonly Compared[]): Html {
  const most = (of: (run: Compared) => number): number => Math.max(1, ...runs.map(of));
  const mostRows = most(({ rows }) => rows);
  const mostCalls = most(({ calls }) => calls);
  const mostSeconds = most(({ seconds }) => seconds);
  const number = (heading: string): Column => ({ heading, is: 'number' });
  return table(
    [{ heading: 'run' }, number('rows'), number('rejected'), number('calls'), number('throttled'), number('time')],
    runs.map((run, index) => [
      html`${utcTime(run.startedAt)}${index === 0 && html` <strong>this run</strong>`}<code class="export">${run.key}</code>`,
      barred(count(run.rows), run.rows / mostRows),
      count(run.rejected),
      barred(count(run.calls), run.calls / mostCalls),
      count(run.throttled),
      barred(lasting(run.seconds), run.seconds / mostSeconds),
    ]),
  );
}

/** A number over a bar as long as its share of the largest one. */
function barred(text: string, share: number): Html {
  return html`${text}<svg class="cell-bar" viewBox="0 0 64 4" width="64" height="4" aria-hidden="true"><rect x="${(64 * (1 - share)).toFixed(1)}" width="${(64 * share).toFixed(1)}" height="4" rx="1"/></svg>`;
}
