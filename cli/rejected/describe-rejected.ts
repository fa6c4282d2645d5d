import { REJECT_CODES, REJECT_REMEDIES, type RejectCode } from '../../functions/shared/rejection.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { table } from '../output/table.ts';
import { count, counted } from '../output/words.ts';
import type { RejectedRows } from './rejected-rows.ts';
import type { RowChoice, SelectedRows } from './select-rows.ts';

/** Rejected rows of a run for a person and for a program. Holds customer data, which the operator asked for. */
export function describeRejected(
  runId: string,
  { extent, type = 'csv' }: Pick<RejectedRows, 'extent' | 'type'>,
  { rejected, byCode, rows, more }: SelectedRows,
  { code }: Pick<RowChoice, 'code'>,
  call: ConnectedStack['call'],
): CommandResult {
  const json = { runId, isComplete: extent === 'all', rejected, byCode, rows };
  if (rejected === 0) return { text: `Run ${runId} ${NOTHING[extent]}`, json };
  const sections = [
    `Run ${runId} rejected ${counted(rejected, 'row')}${extent === 'all' ? ':' : ' so far; it is at work, or it failed:'}`,
    codesTable(byCode),
    ...(rows.length > 0 ? ['', rowsTable(rows)] : []),
    ...(rows.length === 0 && code ? ['', `None of them is ${code}.`] : []),
    ...(more > 0 ? [`${count(more)} more; --limit 0 lists all.`] : []),
    ...(byCode.DELETE_NOT_APPROVED && extent === 'all'
      ? ['', 'If the customers that are marked as deleted really were deleted:', `  ${call(`approve ${runId}`)}`]
      : []),
    '',
    'To correct them, save the rejected file, edit it, and upload it for this run:',
    `  ${call(`rejected ${runId} --out corrected.${type}`)}`,
    `  ${call(`resubmit corrected.${type} --of ${runId}`)}`,
  ];
  return { text: sections.join('\n'), json };
}

/** Behind the name of a run that has no rejected rows. */
export const NOTHING: Readonly<Record<RejectedRows['extent'], string>> = {
  all: 'rejected no row.',
  'so far': 'has rejected no row so far; it is at work, or it failed.',
  'no files':
    'left no files of its rows: it has only begun, or failed before it came to its rows; or the run bucket keeps its files no longer.',
};

function codesTable(byCode: SelectedRows['byCode']): string {
  return Object.entries(byCode)
    .toSorted(([, a], [, b]) => b - a)
    .flatMap(([code, rows]) => [
      `  ${count(rows).padStart(7)}  ${code}${isRejectCode(code) ? `: ${REJECT_CODES[code]}` : ''}`,
      ...(isRejectCode(code) ? [`           ${REJECT_REMEDIES[code]}`] : []),
    ])
    .join('\n');
}

export function isRejectCode(code: string): code is RejectCode {
  return Object.hasOwn(REJECT_CODES, code);
}

function rowsTable(rows: SelectedRows['rows']): string {
  return table(
    ['row', 'code', 'customer key', 'reason'],
    rows.map(({ row, code, reason, customerKey }) => [count(row), code, customerKey, reason].map(printable)),
    { right: [0] },
  );
}

/** On one line, and without what a terminal takes for commands: the values are anybody's. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
