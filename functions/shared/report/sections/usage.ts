import { PRICES_OF } from '../../cost/prices.ts';
import { billed } from '../../cost/usage-cost.ts';
import { usageOfRun } from '../../usage/run-usage.ts';
import { dollars } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { amount } from '../words.ts';
import { section, table } from './parts.ts';

const MILLION = 1_000_000;

const SO_FAR = html`<p class="hint">What was noted until the run ended; workers that were at work then may have gone on for a while.</p>`;

/** What the run costs besides Customer Profiles, counted by its functions. */
export function usage(data: ReportData): Html | undefined {
  const { ending, progress, redrives } = data;
  const used = ending.is === 'done' ? ending.summary.usage : usageOfRun(progress, { redrives });
  if (!used) return undefined;
  const rows = ending.is === 'done' ? ending.summary.rows : progress.rows;
  const perMillion = (value: number): number => (value / rows) * MILLION;
  const lines = billed(used);
  const usd = lines.reduce((sum, line) => sum + line.usd, 0);
  const cells = lines.map((line) => [
    line.what,
    amount(line.amount),
    ...(rows > 0 ? [amount(perMillion(line.amount))] : []),
    dollars(line.usd),
  ]);
  const columns = ['what', 'this run', ...(rows > 0 ? ['per million rows'] : []), 'US dollars'];
  return section(
    'usage',
    'What the run used',
    html`<p>About ${dollars(usd)}${rows > 0 && `, or ${dollars(perMillion(usd))} per million rows like these`}, at list prices of ${PRICES_OF}, without free tier. Amazon Connect itself, storage, logs and metrics are not in it.</p>
${table(
  columns.map((heading, index) => ({ heading, ...(index > 0 && { is: 'number' }) })),
  cells,
)}${ending.is === 'failed' && SO_FAR}`,
  );
}
