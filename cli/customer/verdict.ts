import { count, counted, localTime, shortRun } from '../output/words.ts';
import type { Explanation, ProfileView, RejectedRow } from './explanation.ts';
import type { Origin } from './run-origin.ts';

/** What an operator wants to know first, in a few sentences, and what to do next. */
export interface Verdict {
  readonly text: string;
  /** Calls of the command line, each with its purpose. */
  readonly next: readonly string[];
  /** Nothing is known of the customer anywhere. */
  readonly isUnknown: boolean;
}

/** @param call how the user calls another command on the same stack. */
export function verdictOf(explanation: Explanation, call: (command: string) => string): Verdict {
  const { ledger, profiles, rejected, lateErrors } = explanation;
  const parts = [sentSentence(explanation), profileSentence(explanation, call), ...troubles(explanation, call)];
  const said = parts.flatMap((part) => part ?? []);
  const isUnknown = !ledger && profiles.length === 0 && rejected.length === 0 && lateErrors.length === 0;
  if (isUnknown) {
    return {
      text: `Nothing is known of this customer: no ledger entry, no profile, no rejected row in ${lastRuns(explanation.runsSearched)}.`,
      next: [
        'Look whether the key is written as the CRM writes it; case and leading zeros count.',
        `Rows without a key, or with an unreadable one, are among the rejected rows: ${call('rejected RUN')}`,
      ],
      isUnknown,
    };
  }
  return {
    text: said.map(({ text }) => text).join(' '),
    next: said.flatMap(({ next = [] }) => next),
    isUnknown,
  };
}

/** In words. */
export function lastRuns(runs: number): string {
  return runs === 1 ? 'the last run' : `the last ${count(runs)} runs`;
}

interface Part {
  readonly text: string;
  readonly next?: readonly string[];
}

function sentSentence({ ledger, origin, rejected }: Explanation): Part | undefined {
  if (ledger?.known && origin) {
    const { sentAt } = ledger.known;
    const by = origin.kind === 'event' ? `live event ${origin.eventId}` : `run ${shortRun(origin.runId)}`;
    return {
      text: `${ledger.known.isDeleted ? 'Deleted' : 'Sent'} by ${by} at ${localTime(sentAt)} (${dataOf(ledger.known, origin)}).`,
    };
  }
  if (ledger?.claim) {
    const { until, isLive } = ledger.claim;
    return {
      text: isLive
        ? `A worker is sending this customer now (until ${localTime(until)} at the latest).`
        : 'A worker that died may have sent this customer; nobody knows. The next record of this customer is sent in any case.',
    };
  }
  if (rejected.length > 0) return { text: 'Never sent: every row of this customer that is known was rejected.' };
  return { text: 'The ledger does not know that this customer was ever sent; its entry may have expired.' };
}

/** Where the known content stands: its version moves on with each unchanged record that is newer. */
function dataOf({ row, exportTime }: { readonly row: number; readonly exportTime: string }, origin: Origin): string {
  const data = `data of ${localTime(exportTime)}`;
  if (origin.kind === 'event') return row === 0 ? data : `unchanged in row ${count(row)} of the ${data}`;
  const from = origin.export?.key ?? 'an export that nobody knows any more';
  const number = count(row);
  if (origin.exportTime === exportTime) return `row ${number} of ${from}, ${data}`;
  if (row === 0) return `from ${from}; a live event with ${data} said the same`;
  if (origin.exportTime !== undefined && origin.exportTime < exportTime) {
    return `from ${from}; unchanged in row ${number} of the ${data}`;
  }
  return `from ${from}, as row ${number} of the ${data}`;
}

function troubles(explanation: Explanation, call: (command: string) => string): Part[] {
  const { ledger, rejected } = explanation;
  const parts: Part[] = [];
  const { known, refusal, late } = ledger ?? {};
  if (refusal) {
    const what = refusal.ofKnown
      ? 'Customer Profiles accepted it, and failed on it afterwards'
      : 'A newer content was refused';
    parts.push({
      text: `${what}: ${refusal.code}. The same content is not sent again.`,
      next: [`What helps: ${call(`errors ${refusal.code}`)}`],
    });
  } else if (late?.open && late.ofKnown) {
    parts.push({
      text: `Customer Profiles accepted it and failed on it afterwards; the next run or event that holds it sends it once more.`,
    });
  }
  if (known && ledger?.claim) {
    const { until, isLive } = ledger.claim;
    parts.push({
      text: isLive
        ? `A worker is sending a record of this customer (until ${localTime(until)} at the latest).`
        : 'A later call may or may not have arrived: its worker died. The next record of this customer is sent in any case.',
    });
  }
  const [newest] = rejected;
  if (newest && (!known || newest.startedAt > known.sentAt)) {
    const { row, runId, code } = newest;
    parts.push({
      text: `Row ${count(row)} of run ${shortRun(runId)} was rejected: ${code}.`,
      next: waysOutOf({ runId, code }, call),
    });
  }
  return parts;
}

function waysOutOf({ runId, code }: Pick<RejectedRow, 'runId' | 'code'>, call: (command: string) => string): string[] {
  if (code === 'DELETE_NOT_APPROVED') {
    return [
      `All rows that the run found marked as deleted: ${call(`rejected ${runId} --code ${code}`)}`,
      `If these customers really were deleted: ${call(`approve ${runId}`)}`,
    ];
  }
  return [
    `Rejected rows of the run, to be corrected: ${call(`rejected ${runId} --csv`)}`,
    `The corrected file back: ${call(`resubmit FILE --of ${runId}`)}`,
  ];
}

function profileSentence({ ledger, profiles }: Explanation, call: (command: string) => string): Part | undefined {
  const [profile, ...others] = profiles;
  if (!profile) {
    if (!ledger?.known || ledger.known.isDeleted) return { text: 'No profile has this key.' };
    return {
      text: 'No profile has this key: it was deleted, has expired, or the service has not matched the record yet.',
      next: [
        `Send it again, whatever the ledger knows: a live event (${call('send-event FILE')}) with another value, or an export with this row (${call('sync FILE --resync')})`,
      ],
    };
  }
  if (others.length > 0) {
    return {
      text: `${counted(profiles.length, 'profile')} have this key: the service can't tell which one is meant, and finds none by it.`,
      next: ['Merge the profiles in Amazon Connect, or delete those that are not of this customer.'],
    };
  }
  return oneProfile(profile, ledger?.known?.isDeleted ? undefined : ledger?.known?.filled, call);
}

function oneProfile(
  profile: ProfileView,
  sent: readonly string[] | undefined,
  call: (command: string) => string,
): Part {
  if (!profile.filled) {
    return {
      text: 'A profile has this key, but no object of this system: somebody else made it, or the object was deleted.',
      ...(sent && { next: [`Send it again: ${call('sync FILE --resync')}`] }),
    };
  }
  if (sent && sent.toSorted().join() !== profile.filled.toSorted().join()) {
    return {
      text: 'The profile has an object of this customer, but with other fields than were sent last: the service is still at work on that, or failed on it.',
    };
  }
  const { fields } = profile;
  const noted = (note: 'kept' | 'differs') => fields.filter((field) => field.note === note).length;
  const exceptions = [
    ...(noted('differs') > 0 ? [`${counted(noted('differs'), 'field')} that somebody else set`] : []),
    ...(noted('kept') > 0 ? [`${counted(noted('kept'), 'field')} that the CRM emptied and the service keeps`] : []),
  ];
  const held = sent ? 'it' : 'an object of this customer';
  return { text: `The profile holds ${held}${exceptions.length > 0 ? `, but for ${exceptions.join(' and ')}` : ''}.` };
}
