import { describe, expect, it } from 'vitest';
import type { Explanation, ProfileView } from '../../../cli/customer/explanation.ts';
import type { LedgerView } from '../../../cli/customer/ledger-view.ts';
import type { Origin } from '../../../cli/customer/run-origin.ts';
import { verdictOf } from '../../../cli/customer/verdict.ts';

const T1 = '2026-11-20T00:00:00.000Z';
const T2 = '2026-11-21T00:00:00.000Z';
const T3 = '2026-11-22T00:00:00.000Z';
const RUN = '27cfeac4-77f2-4233-9009-2f703c3c6145_020ef758-6b3d-568e-1de5-605ff5dcdb60';

const known = { runId: RUN, sentAt: T2, row: 48_213, sourceTime: T1, exportTime: T2, filled: ['id'], kept: [] };
const ledger: LedgerView = { known, expiresAt: T3 };
const origin: Origin = { kind: 'run', runId: RUN, export: { bucket: 'b', key: 'exports/c.csv' }, exportTime: T2 };
const event: Origin = { kind: 'event', runId: 'event/e1', eventId: 'e1' };
const profile: ProfileView = { profileId: 'p', filled: ['id'], otherCustomers: 0, fields: [] };
const { filled: _object, ...emptied } = profile;
const rejected = { runId: 'night', startedAt: T3, row: 4, code: 'TOO_LONG', reason: 'r' };
const sent: Explanation = {
  ...{
    customerKey: 'K',
    ledger,
    origin,
    rejected: [],
    runsSearched: 10,
    lateErrors: [],
    unreadable: [],
    profiles: [profile],
  },
};
const dead = { until: T1, isLive: false };

const said = (changes: Partial<Explanation>) => verdictOf({ ...sent, ...changes }, (command) => `call ${command}`);

describe('the verdict about a customer', () => {
  it('begins with what was sent, by what and from where, then what the profile holds', () => {
    expect(said({}).text).toMatch(
      /^Sent by run 27cfeac4 at \S+ \S+ \(row 48,213 of exports\/c\.csv, data of \S+ \S+\)\. The profile holds it\.$/,
    );
  });

  it.each<[what: string, changes: Partial<Explanation>, words: RegExp]>([
    [
      'an unchanged row of newer data followed',
      { ledger: { ...ledger, known: { ...known, exportTime: T3 } } },
      /from exports\/c\.csv; unchanged in row 48,213 of the data of/,
    ],
    [
      'a corrected row brought older data',
      { ledger: { ...ledger, known: { ...known, exportTime: T1 } } },
      /from exports\/c\.csv, as row 48,213 of the data of/,
    ],
    [
      'a live event said the same later',
      { ledger: { ...ledger, known: { ...known, exportTime: T3, row: 0 } } },
      /a live event with data of .+ said the same/,
    ],
    [
      'a live event sent it',
      { origin: event, ledger: { ...ledger, known: { ...known, row: 0 } } },
      /^Sent by live event e1 at \S+ \S+ \(data of/,
    ],
    [
      'a row said the same after a live event',
      { origin: event },
      /^Sent by live event e1 .+\(unchanged in row 48,213 of the data of/,
    ],
    [
      'nobody knows the export any more',
      { origin: { kind: 'run', runId: RUN } },
      /of an export that nobody knows any more|from an export that nobody knows any more/,
    ],
    [
      'a worker is sending newer data',
      { ledger: { ...ledger, claim: { until: T3, isLive: true } } },
      /The profile holds it\. A worker is sending a record of this customer/,
    ],
    [
      'a worker died after a later call',
      { ledger: { ...ledger, claim: dead } },
      /may or may not have arrived: its worker died/,
    ],
    [
      'the first worker is at it',
      { ledger: { expiresAt: T3, claim: { until: T3, isLive: true } }, profiles: [] },
      /^A worker is sending this customer now/,
    ],
    [
      'the first worker died',
      { ledger: { expiresAt: T3, claim: dead }, profiles: [] },
      /^A worker that died may have sent this customer/,
    ],
    [
      'newer content was refused',
      { ledger: { ...ledger, refusal: { code: 'REFUSED', reason: 'r', runId: RUN, ofKnown: false } } },
      /A newer content was refused: REFUSED\. The same content is not sent again\./,
    ],
    [
      'late errors were given up',
      { ledger: { ...ledger, refusal: { code: 'LATE_ERROR', reason: 'r', runId: RUN, ofKnown: true } } },
      /accepted it, and failed on it afterwards: LATE_ERROR/,
    ],
    [
      'a late error is open',
      { ledger: { ...ledger, late: { open: true, resends: 0, ofKnown: true } } },
      /sends it once more/,
    ],
    [
      'a later row was rejected',
      { rejected: [rejected] },
      /The profile holds it\. Row 4 of run night was rejected: TOO_LONG\./,
    ],
    ['no profile is there', { profiles: [] }, /No profile has this key: it was deleted, has expired, or/],
    ['several profiles are there', { profiles: [profile, profile] }, /2 profiles have this key/],
    ['the object is gone', { profiles: [emptied] }, /A profile has this key, but no object of this system/],
    [
      'the object is another one',
      { profiles: [{ ...profile, filled: ['id', 'name'] }] },
      /with other fields than were sent last/,
    ],
  ])('says that %s', (_what, changes, words) => {
    expect(said(changes).text).toMatch(words);
  });

  it('is silent about rows that were rejected before the content was sent', () => {
    expect(said({ rejected: [{ ...rejected, startedAt: T1 }] }).text).not.toContain('rejected');
  });

  it('does not claim to know of a profile more than that it has an object, once the ledger has forgotten', () => {
    const { ledger: _, origin: __, ...forgotten } = sent;
    const { text, isUnknown } = verdictOf(forgotten, (command) => command);
    expect(isUnknown).toBe(false);
    expect(text).toMatch(/its entry may have expired\. The profile holds an object of this customer\.$/);
  });

  it('names the next calls on the same stack', () => {
    expect(said({ rejected: [rejected] }).next).toEqual([
      expect.stringContaining('call rejected night --csv'),
      expect.stringContaining('call resubmit FILE --of night'),
    ]);
    expect(said({ rejected: [{ ...rejected, code: 'DELETE_NOT_APPROVED' }] }).next).toEqual([
      expect.stringContaining('call rejected night --code DELETE_NOT_APPROVED'),
      expect.stringContaining('call approve night'),
    ]);
  });
});

describe('the verdict about a customer who was deleted', () => {
  const deleted: Partial<Explanation> = { ledger: { ...ledger, known: { ...known, filled: [], isDeleted: true } } };

  it('says by which run and row, and that no profile is left', () => {
    const { text, next } = said({ ...deleted, profiles: [] });
    expect(text).toMatch(
      /^Deleted by run 27cfeac4 at \S+ \S+ \(row 48,213 of exports\/c\.csv, .+\)\. No profile has this key\.$/,
    );
    expect(next).toEqual([]);
  });

  it('does not tell to send it again, if somebody else has a profile with the key', () => {
    const { text, next } = said({ ...deleted, profiles: [emptied] });
    expect(text).toContain('no object of this system');
    expect(next).toEqual([]);
  });
});
