import { createHash } from 'node:crypto';
import { CHART_STYLE } from './chart-style.ts';
import { Html, html } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { ReportData } from './report-data.ts';
import { chunksOverTime } from './sections/chunks.ts';
import { details } from './sections/details.ts';
import { comparison } from './sections/earlier.ts';
import { failure } from './sections/failure.ts';
import { keyFigures } from './sections/key-figures.ts';
import { nextSteps } from './sections/next-steps.ts';
import { dataNotes } from './sections/notes.ts';
import { outcomes } from './sections/outcomes.ts';
import { rateOverTime } from './sections/rate.ts';
import { rejectedRows } from './sections/rejected.ts';
import { usage } from './sections/usage.ts';
import { verdict, verdictOf } from './sections/verdict.ts';
import { TOKENS } from './style.ts';
import { utcTime } from './words.ts';

const STYLE = `${TOKENS}${CHART_STYLE}${PAGE_STYLE}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Only this very style: no script, no request to anywhere. The page is read from a bucket, or from a disk. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** The report of a run: one page that needs nothing else. It holds counts, codes, names and addresses, no customer data. */
export function reportHtml(data: ReportData): string {
  const { runId, startedAt, endedAt } = data;
  const name = data.export?.key ?? `Run ${runId}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${verdictOf(data).word} – ${name}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<p class="kind">Report of a profile sync run</p>
<h1>${name}</h1>
<p class="when">${utcTime(startedAt)} to ${utcTime(endedAt)} UTC</p>
</header>
<main>
${verdict(data)}${keyFigures(data)}${nextSteps(data)}${failure(data)}${outcomes(data)}${rejectedRows(data)}${dataNotes(data)}${rateOverTime(data)}${chunksOverTime(data)}${comparison(data)}${usage(data)}${details(data)}</main>
<footer><p>This page holds counts, codes, names and addresses, no customer data. Times are in UTC.</p></footer>
</body>
</html>
`.markup;
}
