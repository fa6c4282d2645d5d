import type { RunSummary } from '../../contracts.ts';
import { count, counted } from '../../words.ts';
import { type Html, html } from '../html.ts';
import type { ReportData, RunFailed } from '../report-data.ts';
import { mainError, redrivableUntil, remedyOf } from '../run-end.ts';
import { listed, utcDay } from '../words.ts';

export interface Verdict {
  readonly tone: 'good' | 'attention' | 'failed';
  readonly word: string;
  /** For somebody who knows nothing of chunks and ledgers. */
  readonly sentence: string;
}

export function verdict(data: ReportData): Html {
  const { tone, word, sentence } = verdictOf(data);
  return html`<section class="verdict ${tone}" aria-label="Verdict">
${MARKS[tone]}
<div><p class="word">${word}</p>
<p class="sentence">${sentence}</p></div>
</section>
`;
}

export function verdictOf(data: ReportData): Verdict {
  return data.ending.is === 'done' ? doneVerdict(data.ending.summary) : failedVerdict(data, data.ending);
}

function doneVerdict(summary: RunSummary): Verdict {
  const { accounted, rows, synced, unchanged, stale, rejected, lateErrors } = summary;
  if (!accounted) {
    const sentence =
      'The totals do not add up to the rows of the export. Start the export again; what arrived is not sent twice.';
    return { tone: 'failed', word: 'Not all rows are accounted for', sentence };
  }
  if (rows === 0) {
    const sentence = 'The export has no rows. If that is a surprise, look at the export.';
    return { tone: 'attention', word: 'Done: nothing to send', sentence };
  }
  const others = [
    ...(unchanged > 0 ? [`${count(unchanged)} had not changed`] : []),
    ...(stale > 0 ? [`${count(stale)} were older than what is known`] : []),
  ];
  const sent = `${sentWords(synced, rows)}${others.length > 0 ? `, ${listed(others)}` : ''}.`;
  const late = lateErrors > 0 ? ` Of those sent, Customer Profiles failed on ${count(lateErrors)} afterwards.` : '';
  if (rejected === 0) {
    const tone = lateErrors > 0 ? 'attention' : 'good';
    return {
      tone,
      word: 'Done: none is missing',
      sentence: `${sent}${late} Every row is accounted for. There is nothing to do.`,
    };
  }
  return {
    tone: 'attention',
    word: `Done: ${counted(rejected, 'row')} rejected`,
    sentence: `${sent}${late} ${rejectedSentence(summary)} All others are accounted for.`,
  };
}

function sentWords(synced: number, rows: number): string {
  if (synced === rows) return rows === 1 ? 'The only row was sent' : `All ${count(rows)} rows were sent`;
  return `${synced === 0 ? 'None' : count(synced)} of ${counted(rows, 'row')} ${synced === 1 ? 'was' : 'were'} sent`;
}

function rejectedSentence({ rejected, rejectedByCode }: RunSummary): string {
  const byItself = rejectedByCode.SERVICE_ERROR ?? 0;
  const toCorrect = rejected - byItself;
  const again = `${count(byItself)} ${byItself === 1 ? 'is' : 'are'} tried again by the next run that holds ${byItself === 1 ? 'it' : 'them'}`;
  const correct = `${counted(toCorrect, 'row')} ${toCorrect === 1 ? 'was rejected and needs' : 'were rejected and need'} a correction`;
  if (byItself === 0) return `${correct}.`;
  return toCorrect === 0 ? `${again}.` : `${correct}; ${again}.`;
}

function failedVerdict({ progress, endedAt }: ReportData, failed: RunFailed): Verdict {
  const { meaning } = mainError(failed);
  return {
    tone: 'failed',
    word: wordOf(failed, progress.rows > 0),
    sentence: `${howFar(progress)} ${meaning} ${whatNow(failed, endedAt)}`.trim(),
  };
}

function wordOf({ status }: RunFailed, hasBegun: boolean): string {
  if (status === 'ABORTED') return hasBegun ? 'Stopped half-way' : 'Stopped before anything was sent';
  if (status === 'TIMED_OUT') return hasBegun ? 'Out of time half-way' : 'Out of time before anything was sent';
  return hasBegun ? 'Failed half-way' : 'Failed before anything was sent';
}

function howFar({ totalRows, rows }: ReportData['progress']): string {
  if (totalRows === undefined) return '';
  if (rows >= totalRows) return `All ${counted(totalRows, 'row')} are done, but the run is not.`;
  return `${count(rows)} of ${counted(totalRows, 'row')} are done, ${count(totalRows - rows)} are still to do. Nothing was lost.`;
}

function whatNow(failed: RunFailed, endedAt: number): string {
  const { remedy } = remedyOf(failed);
  if (remedy === 'correct and upload again') return 'Correct the export and upload it again.';
  if (remedy === 'upload again') return 'Upload the export again; what arrived is not sent twice.';
  return `Redrive it by ${utcDay(redrivableUntil(endedAt))}: only what has not arrived is sent.`;
}

/** A sign of its own for each, beside the colour. */
const MARKS: Readonly<Record<Verdict['tone'], Html>> = {
  good: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="M7 12.5l3.5 3.5L17 9"/></svg>`,
  attention: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path class="shape" d="M12 1.5 23.2 21.5H.8z"/><path d="M12 9v6M12 17.6v1"/></svg>`,
  failed: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="M8 8l8 8M16 8l-8 8"/></svg>`,
};
