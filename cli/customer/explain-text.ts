import { table } from '../output/table.ts';
import { count, counted, localTime, shortRun } from '../output/words.ts';
import type { Explanation, ProfileView } from './explanation.ts';
import type { LedgerView } from './ledger-view.ts';
import { FIELD_NOTES } from './profile-fields.ts';
import { lastRuns, type Verdict } from './verdict.ts';

/** One screen about a customer, in the order in which an operator asks. */
export function describeCustomer(explanation: Explanation, verdict: Verdict): string {
  const { ledger, rejected, runsSearched, lateErrors, unreadable, profiles } = explanation;
  return [
    verdict.text,
    ...(ledger ? [section('Ledger', ledgerText(ledger, explanation))] : []),
    ...(rejected.length > 0 ? [section(`Rejected rows of ${lastRuns(runsSearched)}`, rejectedText(explanation))] : []),
    ...(lateErrors.length > 0 ? [section('Late errors', lateText(explanation))] : []),
    ...(unreadable.length > 0
      ? [section('Nobody can read any more, so there may be more in', unreadable.join('\n'))]
      : []),
    ...profiles.map((profile) => section(`Profile ${profile.profileId}`, profileText(profile))),
    ...(verdict.next.length > 0 ? [section('Next', verdict.next.join('\n'))] : []),
  ].join('\n\n');
}

function section(title: string, text: string): string {
  return `${title}\n${text.replaceAll(/^(?=.)/gm, '  ')}`;
}

function ledgerText({ known, claim, fence, refusal, late, expiresAt }: LedgerView, { origin }: Explanation): string {
  const lines: (readonly [name: string, value: string] | false | undefined)[] = [
    known && [known.isDeleted ? 'deleted by' : 'sent by', known.runId],
    known && [known.isDeleted ? 'deleted at' : 'sent at', localTime(known.sentAt)],
    origin?.kind === 'run' && ['export', exportText(origin.export)],
    known && ['row', known.row === 0 ? 'live event' : count(known.row)],
    known && ['data of', localTime(known.exportTime)],
    known && known.sourceTime !== known.exportTime && ['source time', localTime(known.sourceTime)],
    claim && [
      'claim',
      `${claim.isLive ? 'a worker is sending until' : 'of a worker that is gone, since'} ${localTime(claim.until)}`,
    ],
    fence && ['fence', `only one content may be sent until ${localTime(fence.until)}`],
    refusal && ['refused', `${refusal.code}: ${refusal.reason}`],
    late && [
      'late errors',
      `${late.open ? 'to be sent once more' : 'none open'}, sent again ${counted(late.resends, 'time')}`,
    ],
    ['expires', localTime(expiresAt)],
  ];
  return lines.flatMap((line) => (line ? `${line[0].padEnd(13)}${line[1]}` : [])).join('\n');
}

function exportText(of: { readonly bucket: string; readonly key: string; readonly versionId?: string } | undefined) {
  if (!of) return 'not known any more: Step Functions forgets runs after 90 days';
  return `s3://${of.bucket}/${of.key}${of.versionId ? ` (version ${of.versionId})` : ''}`;
}

function rejectedText({ rejected }: Explanation): string {
  const rows = rejected.map(({ runId, startedAt, row, code, reason }) => [
    localTime(startedAt),
    shortRun(runId),
    count(row),
    code,
    reason,
  ]);
  return table(['started', 'run', 'row', 'code', 'reason'], rows, { right: [2] });
}

function lateText({ lateErrors }: Explanation): string {
  const rows = lateErrors.map(({ sentAt, attempt, givenUp, reason }) => [
    localTime(sentAt),
    attempt === undefined ? '' : count(attempt),
    givenUp ? 'given up' : 'sent again',
    reason,
  ]);
  return table(['at', 'attempt', 'then', 'reason'], rows, { right: [1] });
}

function profileText({ filled, otherCustomers, fields }: ProfileView): string {
  const rows = fields.map(({ field, profile, object, note }) => [
    field,
    profile,
    ...(filled ? [object === profile ? 'the same' : (object ?? '')] : []),
    note ? FIELD_NOTES[note] : '',
  ]);
  return [
    ...(filled ? [] : ['It holds no object of this customer.']),
    ...(otherCustomers > 0
      ? [`It also holds objects of ${counted(otherCustomers, 'other customer')}: profiles were merged.`]
      : []),
    table(['field', 'profile', ...(filled ? ['our object'] : []), ''], rows),
  ].join('\n');
}
