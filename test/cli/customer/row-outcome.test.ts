import { describe, expect, it } from 'vitest';
import { outcomeByFiles, outcomeByLedger, type RowFacts } from '../../../cli/customer/row-outcome.ts';
import type { ChunkResult } from '../../../functions/shared/contracts.ts';
import type { Entry } from '../../../functions/shared/ledger/entry.ts';
import { tombstone } from '../../../functions/shared/ledger/tombstone.ts';

const result = (outcomes: Partial<ChunkResult>): ChunkResult => ({
  ...{ chunk: 0, rows: 10, synced: 0, unchanged: 0, stale: 0, rejected: 0, notCleared: 0, notNormalized: 0 },
  rejectedByCode: {},
  ...outcomes,
});

describe('the outcome of a row by the files of its run', () => {
  const base: RowFacts = { isSuperseded: false, superseded: 0, rejectedFound: 0 };
  it.each<[what: string, facts: Partial<RowFacts>, outcome: string | undefined]>([
    ['a superseded row', { isSuperseded: true, superseded: 1 }, 'stale'],
    [
      'a superseded row that would be invalid',
      { isSuperseded: true, superseded: 1, rejection: { code: 'TOO_LONG', reason: '' } },
      'stale',
    ],
    [
      'a rejected row',
      { rejection: { code: 'TOO_LONG', reason: '' }, result: result({ rejected: 1, synced: 9 }) },
      'rejected',
    ],
    ['a row of a chunk that has not ended', {}, 'open'],
    [
      'a row of a chunk of which all others were synced',
      { rejectedFound: 1, result: result({ synced: 9, rejected: 1 }) },
      'synced',
    ],
    [
      'a row of a chunk of which all others were synced, and one was rejected that is in no file any more',
      { result: result({ synced: 9, rejected: 1 }) },
      undefined,
    ],
    [
      'a row of a chunk whose stale rows are all superseded',
      { superseded: 2, result: result({ unchanged: 8, stale: 2 }) },
      'unchanged',
    ],
    ['a row of a chunk that was all older', { superseded: 2, result: result({ stale: 10 }) }, 'stale'],
    ['a row of a chunk that was all deletions', { result: result({ deleted: 10 }) }, 'deleted'],
    ['a row of a chunk with deletions', { result: result({ synced: 9, deleted: 1 }) }, undefined],
    ['a row of a chunk with several outcomes', { result: result({ synced: 9, unchanged: 1 }) }, undefined],
  ])('%s', (_what, facts, outcome) => {
    expect(outcomeByFiles({ ...base, ...facts })?.outcome).toBe(outcome);
  });
});

describe('the outcome of a row by the ledger, as it is now', () => {
  const STARTED = 1_000_000;
  const version = { sourceTime: 500, exportTime: 500, uploadTime: 500, row: 7, rule: 'exportTime' };
  const record = { runId: 'this', startedAt: STARTED, version, fingerprint: 'F', mayBeRejected: false };
  const entry = (runId: string, fingerprint: string, sentAt: number, time = 500): Entry => ({
    known: {
      runId,
      fingerprint,
      sentAt,
      version: { ...version, exportTime: time, sourceTime: time },
      filled: [],
      kept: [],
    },
    expiresAt: 9e9,
  });
  it.each<[what: string, entry: Entry | undefined, outcome: string, isCertain: boolean]>([
    ['what this run sent is the newest', entry('this', 'F', STARTED + 1), 'synced', true],
    ['the same was sent before', entry('earlier', 'F', STARTED - 1), 'unchanged', true],
    ['newer data was sent before', entry('earlier', 'G', STARTED - 1, 900), 'stale', true],
    ['the same was sent later', entry('later', 'F', STARTED + 1, 900), 'unknown', false],
    ['newer data was sent later', entry('event/1', 'G', STARTED + 1, 900), 'unknown', false],
    ['older data was sent later', entry('later', 'G', STARTED + 1, 100), 'unknown', false],
    ['there is no entry any more', undefined, 'unknown', false],
    ['nothing was ever confirmed', { expiresAt: 9e9 }, 'unknown', false],
  ])('%s', (_what, known, outcome, isCertain) => {
    expect(outcomeByLedger(known, record)).toMatchObject({ outcome, isCertain });
  });

  it.each<[what: string, entry: Entry | undefined, outcome: string]>([
    ['it is certain that this run sent it', entry('this', 'F', STARTED + 1), 'synced'],
    ['it may have been rejected as the same content was before', entry('earlier', 'F', STARTED - 1), 'unknown'],
    ['it may have been rejected or stale', entry('earlier', 'G', STARTED - 1, 900), 'unknown'],
    ['it may have been rejected or sent', undefined, 'unknown'],
  ])('if rejected rows of the chunk are in no file any more: %s', (_what, known, outcome) => {
    expect(outcomeByLedger(known, { ...record, mayBeRejected: true }).outcome).toBe(outcome);
  });

  it('says that a row deleted its customer', () => {
    const deletion = { ...record, fingerprint: tombstone('object') };
    expect(outcomeByLedger(entry('this', deletion.fingerprint, STARTED + 1), deletion)).toMatchObject({
      outcome: 'deleted',
      isCertain: true,
    });
    expect(outcomeByLedger(entry('earlier', deletion.fingerprint, STARTED - 1), deletion).outcome).toBe('unchanged');
  });

  it.each([
    ['this', STARTED - 1, 'stale', /had deleted the customer before\.$/],
    ['other', STARTED + 1, 'unknown', /deleted the customer since\.$/],
  ] as const)('says of a customer whom run %s deleted at %i that nothing was sent', (by, at, outcome, why) => {
    const gone = entry(by, tombstone('profile'), at, 900);
    expect(outcomeByLedger(gone, record)).toMatchObject({ outcome, why: expect.stringMatching(why) });
  });
});
