import { type Html, type HtmlValue, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { rate, utcTime } from '../words.ts';
import { facts, section } from './parts.ts';

/** Names and addresses, to look further. */
export function details(data: ReportData): Html {
  const { runId, startedAt, endedAt, redrives, quota, ending, progress } = data;
  const summary = ending.is === 'done' ? ending.summary : undefined;
  const { files } = summary ?? {};
  const code = (text: string | undefined): HtmlValue => text !== undefined && html`<code>${text}</code>`;
  const exported = data.export;
  return section(
    'details',
    'Run, export and files',
    facts([
      ['run', code(runId)],
      ['started', `${utcTime(startedAt)} UTC`],
      ['ended', `${utcTime(endedAt)} UTC`],
      ['redrives', String(redrives)],
      ['limit of the deployment', `${rate(quota)} calls per second`],
      ['export', exported && code(`s3://${exported.bucket}/${exported.key}`)],
      ['version', code(exported?.versionId)],
      ['export time', exportTime(exported, progress.exportTime)],
      ['encoding', summary?.encoding],
      ['packed with', summary?.compression],
      ['summary', code(files?.summary)],
      ['rejected rows', code(files?.rejected)],
      ['this report', code(files?.report)],
    ]),
  );
}

function exportTime(exported: ReportData['export'], noted: number | undefined): string | undefined {
  const time = exported && 'exportTime' in exported ? exported.exportTime : noted;
  return time === undefined ? undefined : `${utcTime(time)} UTC, when the data was taken`;
}
