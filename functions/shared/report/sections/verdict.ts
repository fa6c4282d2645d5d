import type { RunSummary } from '../../contracts.ts';
import { shellWord } from '../../shell-word.ts';
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
  const { accounted, rows, synced, unchanged, rejected, deleted = 0, lateErrors } = summary;
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
    ...staleWords(summary),
    ...(deleted > 0 ? [`${counted(deleted, 'customer')} ${deleted === 1 ? 'was' : 'were'} deleted`] : []),
  ];
  const sent = `${sentWords(synced, rows)}${others.length > 0 ? `, ${listed(others)}` : ''}.`;
  const late = lateErrors > 0 ? ` Of those sent, Customer Profiles failed on ${count(lateErrors)} afterwards.` : '';
  if (summary.deletes?.allowed === false) {
    return {
      tone: 'attention',
      word: 'Done, but nothing was deleted',
      sentence: `${sent}${late} ${heldSentence(summary)}`,
    };
  }
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
    word: rejected > rows / 2 ? 'Done, but most rows were rejected' : `Done: ${counted(rejected, 'row')} rejected`,
    sentence: `${sent}${late} ${rejectedSentence(summary)} No row is missing.`,
  };
}

function heldSentence({ runId, deletes, rows }: RunSummary): string {
  const marked = deletes?.marked ?? 0;
  return `${count(marked)} of ${counted(rows, 'row')} ${marked === 1 ? 'is' : 'are'} marked as deleted, more than the mapping allows. If that is right, approve it: npx profile-sync approve ${shellWord(runId)}. If not, correct the export and upload it again.`;
}

function sentWords(synced: number, rows: number): string {
  if (rows === 1) return synced === 1 ? 'The only row was sent' : 'The only row was not sent';
  if (synced === rows) return `All ${count(rows)} rows were sent`;
  if (synced === 0) return `No row of ${count(rows)} was sent`;
  return `${count(synced)} of ${count(rows)} rows ${synced === 1 ? 'was' : 'were'} sent`;
}

/** Most rows that are stale only come again in the same export. */
function staleWords({ stale, duplicates }: RunSummary): string[] {
  const repeated = Math.min(stale, duplicates);
  const older = stale - repeated;
  return [
    ...(repeated > 0 ? [`${count(repeated)} ${repeated === 1 ? 'comes' : 'come'} again in the export`] : []),
    ...(older > 0 ? [`${count(older)} ${older === 1 ? 'is' : 'are'} older than what is known`] : []),
  ];
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
    word: wordOf(failed, progress),
    sentence: `${howFar(progress)} ${meaning} ${whatNow(failed, endedAt)}`.trim(),
  };
}

function wordOf({ status }: RunFailed, { rows, calls, totalRows }: ReportData['progress']): string {
  const hasEnded = totalRows !== undefined && rows >= totalRows;
  const where = rows + calls === 0 ? 'before anything was sent' : hasEnded ? 'at the end' : 'half-way';
  return `${ENDED[status]} ${where}`;
}

const ENDED: Readonly<Record<RunFailed['status'], string>> = {
  FAILED: 'Failed',
  TIMED_OUT: 'Out of time',
  ABORTED: 'Stopped',
};

function howFar({ totalRows, rows }: ReportData['progress']): string {
  if (totalRows === undefined) return '';
  if (rows >= totalRows) return 'Every row is done, but the run is not.';
  return `${count(rows)} of ${counted(totalRows, 'row')} done, ${count(totalRows - rows)} still to do. Nothing was lost.`;
}

function whatNow(failed: RunFailed, endedAt: number): string {
  const { remedy } = remedyOf(failed);
  if (remedy === 'correct and upload again') return 'Correct the export and upload it again.';
  if (remedy === 'upload again') return 'Upload the export again; what arrived is not sent twice.';
  return `Redrive the run by ${utcDay(redrivableUntil(endedAt))}: only what has not arrived is sent.`;
}

/** A sign of its own for each, beside the colour. */
const MARKS: Readonly<Record<Verdict['tone'], Html>> = {
  good: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="M7 12.5l3.5 3.5L17 9"/></svg>`,
  attention: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path class="shape" d="M12 1.5 23.2 21.5H.8z"/><path d="M12 9v6M12 17.6v1"/></svg>`,
  failed: html`<svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="M8 8l8 8M16 8l-8 8"/></svg>`,
};
