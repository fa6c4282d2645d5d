import { describe, expect, it } from 'vitest';
import type { Claim, Entry } from '../../../../functions/shared/ledger/entry.ts';
import {
  type Candidate,
  claimed,
  cleared,
  confirmed,
  decide,
  doubted,
  refused,
  released,
  type Sent,
  withdrawn,
} from '../../../../functions/shared/ledger/rules.ts';
import { DELETE_SPACING_MS, SPACING_MS } from '../../../../functions/shared/ledger/spacing.ts';
import { tombstone } from '../../../../functions/shared/ledger/tombstone.ts';
import type { Version } from '../../../../functions/shared/version.ts';

const NOW = 1_800_000_000_000;
const EXPIRES = NOW / 1000 + 1_000_000;
const INVOCATION_END = NOW + 360_000;

function version(exportTime: number, over: Partial<Version> = {}): Version {
  return { sourceTime: exportTime, exportTime, uploadTime: exportTime, row: 2, rule: 'exportTime', ...over };
}

function candidate(exportTime: number, fingerprint: string, over: Partial<Candidate> = {}): Candidate {
  return {
    version: version(exportTime),
    fingerprint,
    runId: `run-${exportTime}`,
    resync: false,
    unchangedMovesVersion: true,
    refreshAfter: 10_000_000_000,
    clears: [],
    ...over,
  };
}

function claimOf({ version, fingerprint }: Candidate, id: string, deadline = INVOCATION_END): Claim {
  return { id, version, fingerprint, deadline };
}

function sent(by: Candidate, id: string, over: Partial<Sent> = {}): Sent {
  return { claim: claimOf(by, id), runId: by.runId, filled: ['name'], ...over };
}

/** The entry after this record was claimed, sent and confirmed. */
function synced(entry: Entry | undefined, by: Candidate, now = NOW): Entry {
  const after = confirmed(claimed(entry, claimOf(by, 'c'), now, EXPIRES), sent(by, 'c'), now, EXPIRES);
  if (!after) throw new Error('the confirm should be valid');
  return after;
}

const LATER = NOW + SPACING_MS + 1;

describe('a deletion', () => {
  const record = candidate(100, 'F1');
  const gone = tombstone('object');
  const deletion = (exportTime: number, over: Partial<Candidate> = {}) =>
    candidate(exportTime, gone, { refreshAfter: Number.POSITIVE_INFINITY, ...over });
  const known = synced(undefined, record);
  const deleted = synced(known, deletion(200), NOW + DELETE_SPACING_MS);
  const AFTER = NOW + 3 * DELETE_SPACING_MS;

  it('leaves nothing of the fields that were filled', () => {
    expect(deleted.known).toMatchObject({ fingerprint: gone, filled: [], kept: [] });
    const again = synced(deleted, candidate(300, 'F1'), AFTER);
    expect(again.known).toMatchObject({ filled: ['name'], kept: [] });
  });

  it.each([
    ['of an unknown customer is carried out', undefined, deletion(100), 'send'],
    ['newer than what is known is carried out', known, deletion(200), 'send'],
    ['older than what is known is stale', known, deletion(50), 'stale'],
    ['that is known is unchanged, however old it is', deleted, deletion(300), 'unchanged'],
    ['that this run confirmed is done', deleted, deletion(200), 'synced'],
    ['of another kind is carried out, too', deleted, candidate(300, tombstone('profile')), 'send'],
    ['is followed by a newer record', deleted, candidate(300, 'F1'), 'send'],
    ['is not undone by an older record', deleted, candidate(150, 'F2'), 'stale'],
  ] as const)('%s', (_, entry, by, kind) => {
    expect(decide(entry, by, AFTER, false).kind).toBe(kind);
  });

  it.each([
    ['content that was accepted', known, deletion(200), NOW + DELETE_SPACING_MS],
    [
      'a call that may still arrive',
      claimed(known, claimOf(candidate(150, 'F2'), 'dead', NOW), NOW, EXPIRES),
      deletion(200),
      NOW + DELETE_SPACING_MS,
    ],
  ])('waits twenty seconds after %s', (_, entry, by, until) => {
    expect(decide(entry, by, until - 1, false)).toEqual({ kind: 'wait', until });
    expect(decide(entry, by, until, false).kind).toBe('send');
  });

  it.each([
    ['deletion', deleted],
    [
      'deletion of which nobody knows whether it was made',
      claimed(known, claimOf(deletion(200), 'dead', NOW + DELETE_SPACING_MS), NOW, EXPIRES),
    ],
  ])('keeps other content out for twenty seconds after a %s', (_, entry) => {
    const until = NOW + 2 * DELETE_SPACING_MS;
    expect(decide(entry, candidate(300, 'F1'), until - 1, false)).toEqual({ kind: 'wait', until });
    expect(decide(entry, candidate(300, 'F1'), until, false).kind).toBe('send');
  });

  it('that is taken over keeps them out as long after the first one', () => {
    const first = claimed(known, claimOf(deletion(200), 'a', NOW), NOW, EXPIRES);
    const second = claimed(first, claimOf(deletion(200), 'b', NOW), NOW, EXPIRES);
    expect(second.fence).toEqual({ fingerprint: gone, until: NOW + DELETE_SPACING_MS });
  });
});

describe('what becomes of a record', () => {
  const night1 = candidate(100, 'F1');
  const known = synced(undefined, night1);

  it.each([
    ['a customer that the ledger does not know is sent', undefined, candidate(100, 'F1'), 'send'],
    ['the same content again is unchanged', known, candidate(200, 'F1'), 'unchanged'],
    ['other, newer content is sent', known, candidate(200, 'F2'), 'send'],
    ['older content is stale', known, candidate(50, 'F2'), 'stale'],
    ['older data is stale even if it says the same', known, candidate(50, 'F1'), 'stale'],
    ['what this run already confirmed is synced', known, night1, 'synced'],
    [
      'what this run confirmed is synced, though an unchanged record moved its version since',
      { ...known, known: { ...known.known, version: version(300) } } as Entry,
      night1,
      'synced',
    ],
    [
      'a newer version is not yet confirmed by its run',
      known,
      { ...candidate(200, 'F1'), runId: night1.runId },
      'unchanged',
    ],
    ['what another run confirmed is unchanged for this one', known, { ...night1, runId: 'other' }, 'unchanged'],
    ['a resync sends what is unchanged', known, candidate(200, 'F1', { resync: true }), 'send'],
    ['a resync does not send what it confirmed itself', known, { ...night1, resync: true }, 'synced'],
    ['a resync sends nothing older', known, candidate(50, 'F2', { resync: true }), 'stale'],
    ['a record due for refresh is sent', known, candidate(200, 'F1', { refreshAfter: 0 }), 'send'],
  ] as const)('%s', (_, entry, record, kind) => {
    expect(decide(entry, record, LATER, false).kind).toBe(kind);
  });

  it('compares an entry of another rule for source time by export time only', () => {
    const byUpdatedAt = (exportTime: number, sourceTime: number) =>
      candidate(exportTime, 'F2', { version: version(exportTime, { sourceTime, rule: 'updatedAt:changed' }) });
    expect(decide(known, byUpdatedAt(200, 1), LATER, false).kind).toBe('send');
    expect(decide(known, byUpdatedAt(50, 9_999), LATER, false).kind).toBe('stale');
  });

  it.each([
    ['content that the mapping makes anew is sent', candidate(100, 'F1b', { runId: 'again' }), 'send'],
    ['the same content is unchanged for another run', candidate(100, 'F1', { runId: 'again' }), 'unchanged'],
    ['the same content is sent again by a resync', candidate(100, 'F1', { runId: 'again', resync: true }), 'send'],
    ['a live event that comes twice is synced', night1, 'synced'],
  ] as const)('of equal version: %s', (_, record, kind) => {
    expect(decide(known, record, LATER, false).kind).toBe(kind);
  });

  it('is decided anew of a claim with an equal version', () => {
    const entry = claimed(known, claimOf(candidate(200, 'F2'), 'a', NOW), NOW, EXPIRES);
    expect(decide(entry, candidate(200, 'F2b'), LATER, false).kind).toBe('send');
  });

  it('decides between two rows of one export by their row number', () => {
    const later = candidate(100, 'F2', { version: version(100, { row: 9 }), runId: 'x' });
    const entry = synced(undefined, later);
    expect(decide(entry, candidate(100, 'F1', { runId: 'x' }), LATER, false).kind).toBe('stale');
  });
});

describe('an unchanged record with a newer version', () => {
  const known = synced(undefined, candidate(100, 'F1'));

  it('moves the known version, so that what lies between is stale', () => {
    const decision = decide(known, candidate(300, 'F1'), LATER, false);
    if (decision.kind !== 'unchanged' || !decision.moved) throw new Error('it should move');
    expect(decide(decision.moved, candidate(200, 'F0'), LATER, false).kind).toBe('stale');
  });

  it('leaves runId, sentAt and expiry as they were', () => {
    const decision = decide(known, candidate(300, 'F1'), LATER, false);
    if (decision.kind !== 'unchanged' || !decision.moved) throw new Error('it should move');
    expect(decision.moved).toEqual({ ...known, known: { ...known.known, version: version(300) } });
  });

  const byRecord = (exportTime: number, sourceTime: number, over: Partial<Candidate> = {}) =>
    candidate(exportTime, 'F1', { version: version(exportTime, { sourceTime, rule: 'updatedAt:changed' }), ...over });
  const FULL = { unchangedMovesVersion: false };
  const LIVE = { unchangedMovesVersion: 'always' } as const;

  it.each([
    ['in an export of changes', candidate(100, 'F1'), candidate(200, 'F1'), true],
    ['in a full export, which registers its time instead', candidate(100, 'F1'), candidate(200, 'F1', FULL), false],
    ['in a live event, also beside full exports', candidate(100, 'F1'), candidate(200, 'F1', LIVE), true],
    ['of the same version', candidate(100, 'F1'), candidate(100, 'F1', { runId: 'again' }), false],
    ['with a newer updatedAt', byRecord(100, 7), byRecord(200, 8), true],
    ['with a newer updatedAt of the same export', byRecord(100, 7), byRecord(100, 8), true],
    ['with the same updatedAt, as in most rows of each night', byRecord(100, 7), byRecord(200, 7), false],
    ['with the same updatedAt in a live event', byRecord(100, 7), byRecord(200, 7, LIVE), true],
    ['under another rule, with a newer export time', candidate(100, 'F1'), byRecord(200, 7), true],
    ['under another rule, with the same export time', candidate(100, 'F1'), byRecord(100, 7), false],
  ] as const)('%s: moves the version or writes nothing', (_, before, again, moves) => {
    const entry = synced(undefined, before);
    const decision = decide(entry, { ...again, runId: 'later' }, LATER, false);
    const moved = { ...entry, known: { ...entry.known, version: again.version } };
    expect(decision).toEqual(moves ? { kind: 'unchanged', moved } : { kind: 'unchanged' });
  });
});

describe('a claim', () => {
  const event = candidate(500, 'NEW');
  const crashed = claimed(synced(undefined, candidate(100, 'F1'), NOW - 60_000), claimOf(event, 'live'), NOW, EXPIRES);

  it('lets an older row wait as long as its call may be refused', () => {
    expect(decide(crashed, candidate(300, 'F2'), NOW + 1, true)).toEqual({ kind: 'wait', until: INVOCATION_END });
  });

  it('makes an older row stale even if its worker never comes back', () => {
    expect(decide(crashed, candidate(300, 'F2'), INVOCATION_END * 2, false).kind).toBe('stale');
  });

  it('holds other content back until its deadline and the spacing have passed', () => {
    const newer = candidate(600, 'F2');
    expect(decide(crashed, newer, NOW + 1, true)).toEqual({ kind: 'wait', until: INVOCATION_END + SPACING_MS });
    expect(decide(crashed, newer, INVOCATION_END + SPACING_MS, true).kind).toBe('send');
  });

  it('of the same content is taken over only at the end of an invocation', () => {
    const again = { ...event, runId: 'redrive' };
    expect(decide(crashed, again, NOW + 1, false).kind).toBe('wait');
    expect(decide(crashed, again, NOW + 1, true).kind).toBe('send');
  });

  it('is not needed by the known content: it must still be sent, since the crashed call may have arrived', () => {
    const reverts = candidate(600, 'F1');
    expect(decide(crashed, reverts, INVOCATION_END * 2, false).kind).toBe('send');
  });

  it('lets older data of its own content go on, under its version', () => {
    const same = candidate(300, 'NEW');
    expect(decide(crashed, same, INVOCATION_END, false).kind).toBe('send');
    const entry = claimed(crashed, claimOf(same, 'batch'), INVOCATION_END, EXPIRES);
    expect(entry.claim?.version).toEqual(event.version);
    const after = confirmed(entry, sent(same, 'batch'), INVOCATION_END, EXPIRES);
    expect(decide(after, same, INVOCATION_END + 1, false).kind).toBe('synced');
    expect(after?.known?.version).toEqual(event.version);
  });
});

it('a claim is kept as long as what it may have sent, however soon the entry would expire', () => {
  const soon = { ...synced(undefined, candidate(100, 'F1')), expiresAt: NOW / 1000 + 1 };
  const other = claimed(soon, claimOf(candidate(200, 'F2'), 'c'), LATER, EXPIRES);
  const takenOver = claimed(
    { ...other, expiresAt: soon.expiresAt },
    claimOf(candidate(200, 'F2'), 'd'),
    LATER,
    EXPIRES,
  );
  expect([other.expiresAt, takenOver.expiresAt]).toEqual([EXPIRES, EXPIRES]);
});

describe('an unconfirmed claim survives a throttled one', () => {
  it('C crashes after its call, D reverts to the known content and is throttled once: D is still sent', () => {
    const known = synced(undefined, candidate(100, 'F1'));
    const c = claimed(known, claimOf(candidate(200, 'F2'), 'c'), NOW, EXPIRES);
    const d = candidate(300, 'F1');
    const later = INVOCATION_END + SPACING_MS;
    const dClaimed = claimed(c, claimOf(d, 'd', later + 1_000), later, EXPIRES);
    const throttled = withdrawn(dClaimed, claimOf(d, 'd'), c);
    expect(decide(throttled, d, later + 1, false).kind).toBe('send');
  });
});

describe('a fence', () => {
  const v1 = candidate(100, 'V1');
  const v2 = candidate(200, 'V2');

  it('stays after a takeover was confirmed: the old worker may still send its content', () => {
    const oldWorker = claimed(undefined, claimOf(v1, 'old'), NOW, EXPIRES);
    const redrive = claimed(oldWorker, claimOf(v1, 'redrive', INVOCATION_END + 5_000), NOW + 10, EXPIRES);
    const entry = confirmed(redrive, sent(v1, 'redrive'), NOW + 20, EXPIRES);
    const until = INVOCATION_END + SPACING_MS;
    expect(decide(entry, v2, NOW + 30_000, true)).toEqual({ kind: 'wait', until });
    expect(decide(entry, v2, until, true).kind).toBe('send');
  });

  it('of a call that was taken over keeps the spacing, though that call arrives at the last moment', () => {
    const oldWorker = claimed(undefined, claimOf(v1, 'old'), NOW, EXPIRES);
    const later = INVOCATION_END - 10;
    const redrive = claimed(oldWorker, claimOf(v1, 'redrive', INVOCATION_END + 60_000), later, EXPIRES);
    const confirm = confirmed(redrive, sent(v1, 'redrive'), later, EXPIRES);
    expect(decide(confirm, v2, INVOCATION_END + SPACING_MS - 1, true).kind).toBe('wait');
    const early = confirmed(redrive, sent(v1, 'old'), later, EXPIRES);
    expect(decide(early, v2, INVOCATION_END + 60_000 + SPACING_MS - 1, true).kind).toBe('wait');
  });

  it('stays of an answer with an error, though the next call of the same content was throttled', () => {
    const broke = released(claimed(undefined, claimOf(v1, 'a'), NOW, EXPIRES), claimOf(v1, 'a'), NOW);
    const again = claimed(broke, claimOf(v1, 'b'), NOW + 10, EXPIRES);
    const throttled = withdrawn(again, claimOf(v1, 'b'), broke);
    expect(decide(throttled, v2, NOW + 20, false)).toEqual({ kind: 'wait', until: NOW + SPACING_MS });
  });

  it('stays after a call timed out and the next one of its content was accepted', () => {
    const timedOut = claimed(undefined, claimOf(v1, 'a'), NOW, EXPIRES);
    const again = claimed(timedOut, claimOf(v1, 'b'), NOW + 10_000, EXPIRES);
    const entry = confirmed(again, sent(v1, 'b'), NOW + 10_900, EXPIRES);
    const until = INVOCATION_END + SPACING_MS;
    expect(decide(entry, v2, NOW + 30_000, true)).toEqual({ kind: 'wait', until });
  });

  it('keeps other content back a few seconds after every answer, and never the same', () => {
    const entry = synced(undefined, v1);
    expect(decide(entry, v2, NOW + 1, false)).toEqual({ kind: 'wait', until: NOW + SPACING_MS });
    expect(decide(entry, { ...v1, runId: 'other', resync: true }, NOW + 1, false).kind).toBe('send');
  });
});

describe('a confirm', () => {
  const v1 = candidate(100, 'V1');
  const claimedBy = (id: string) => claimed(undefined, claimOf(v1, id), NOW, EXPIRES);

  it('is valid when repeated, and changes neither version nor content', () => {
    const once = confirmed(claimedBy('a'), sent(v1, 'a'), NOW, EXPIRES);
    const twice = confirmed(once, sent(v1, 'a'), NOW, EXPIRES);
    expect(twice).toEqual(once);
  });

  it('is valid after the same content took the claim over, whose deadline becomes the fence', () => {
    const takenOver = claimed(claimedBy('a'), claimOf(v1, 'b', INVOCATION_END + 9_000), NOW + 1, EXPIRES);
    const entry = confirmed(takenOver, sent(v1, 'a'), NOW + 2, EXPIRES);
    expect(entry?.known?.fingerprint).toBe('V1');
    expect(entry?.fence).toEqual({ fingerprint: 'V1', until: INVOCATION_END + 9_000 + SPACING_MS });
  });

  it('takes the version of a newer record that took the claim over and may never return', () => {
    const again = candidate(300, 'V1');
    const takenOver = claimed(claimedBy('a'), claimOf(again, 'b'), NOW + 1, EXPIRES);
    const entry = confirmed(takenOver, sent(v1, 'a'), NOW + 2, EXPIRES);
    expect(decide(entry, candidate(200, 'V2'), INVOCATION_END * 2, false).kind).toBe('stale');
  });

  it('never moves a version back', () => {
    const newer = synced(undefined, candidate(500, 'V1'));
    expect(confirmed(newer, sent(v1, 'a'), NOW, EXPIRES)?.known?.version).toEqual(version(500));
  });

  it('proves nothing once other content came in between; the next record is then sent whatever it says', () => {
    const other = synced(undefined, candidate(200, 'V2'));
    expect(confirmed(other, sent(v1, 'a'), NOW, EXPIRES)).toBeUndefined();
    const entry = doubted(other);
    expect(entry?.known).toEqual(other.known);
    expect(decide(entry, candidate(300, 'V2'), LATER, false).kind).toBe('send');
  });

  it('remembers fields that were ever filled, and which of them this content leaves empty', () => {
    const entry = confirmed(claimedBy('a'), sent(v1, 'a', { filled: ['name', 'email'] }), NOW, EXPIRES);
    const v2 = candidate(200, 'V2');
    const emptied = confirmed(
      claimed(entry, claimOf(v2, 'b'), LATER, EXPIRES),
      sent(v2, 'b', { filled: ['name'] }),
      LATER,
      EXPIRES,
    );
    expect(emptied?.known).toMatchObject({ filled: ['name', 'email'], kept: ['email'] });
  });

  it('makes the entry anew if it expired meanwhile', () => {
    expect(confirmed(undefined, sent(v1, 'a'), NOW, EXPIRES)?.known?.fingerprint).toBe('V1');
  });
});

describe('fields that are cleared when they are empty', () => {
  const clears = ['email'];
  const v1 = candidate(100, 'V1', { clears });
  const v2 = candidate(200, 'V2', { clears });
  const v3 = candidate(300, 'V3', { clears });
  const filled = confirmed(
    claimed(undefined, claimOf(v1, 'a'), NOW, EXPIRES),
    sent(v1, 'a', { filled: ['name', 'email'] }),
    NOW,
    EXPIRES,
  );
  /** The night after, V2 empties the e-mail address. */
  const owing = synced(filled, v2, LATER);
  const T = LATER + SPACING_MS + 1;
  const clearing = (entry: Entry, by: Candidate) => claimed(entry, claimOf(by, 'c'), T, EXPIRES);
  const clearedBy = (by: Candidate, entry = owing) =>
    cleared(clearing(entry, by), { claim: claimOf(by, 'c'), runId: by.runId, fields: clears }, entry, T);

  it.each([
    ['are owed by the run that sent the record', v2],
    ['are owed by the next run, though the record is unchanged', candidate(250, 'V2', { clears })],
  ])('%s', (_, by) => {
    expect(decide(owing, by, T, false).kind).toBe('clear');
  });

  it('are owed only where the mapping says so, and of what was filled before', () => {
    expect(decide(owing, candidate(250, 'V2'), T, false).kind).toBe('unchanged');
    expect(decide(owing, candidate(250, 'V2', { clears: ['phone'] }), T, false).kind).toBe('unchanged');
    expect(decide(filled, v1, T, false).kind).toBe('synced');
  });

  it('are told by the run that cleared them, also when it looks again, and by no other', () => {
    const entry = clearedBy(v2);
    expect(decide(entry, v2, T, false)).toMatchObject({ kind: 'synced', known: { kept: [], cleared: ['email'] } });
    expect(decide(entry, candidate(250, 'V2', { clears }), T, false).kind).toBe('unchanged');
    const later = candidate(250, 'V2', { clears });
    expect(decide(clearedBy(later), later, T, false)).toMatchObject({ kind: 'synced', known: { cleared: ['email'] } });
  });

  it('are owed no more until they are filled again', () => {
    const emptyToo = synced(clearedBy(v2), v3, T + SPACING_MS + 1);
    expect(emptyToo.known).toMatchObject({ filled: ['name'], kept: [] });
    expect(emptyToo.known?.cleared).toBeUndefined();
  });

  it('keep other content at its distance once they are cleared', () => {
    expect(decide(clearedBy(v2), v3, T + SPACING_MS - 1, false)).toEqual({ kind: 'wait', until: T + SPACING_MS });
  });

  it('wait for a call of other content that may be under way, and are left to it if its worker never returns', () => {
    const entry = claimed(owing, claimOf(v3, 'n'), T, EXPIRES);
    expect(decide(entry, v2, T, false).kind).toBe('wait');
    expect(decide(entry, v2, INVOCATION_END + 1, false).kind).toBe('synced');
  });

  it('are cleared under a claim: other content waits, and the same content takes it over only at the end', () => {
    const entry = clearing(owing, v2);
    expect(decide(entry, v3, T + 1, false)).toEqual({ kind: 'wait', until: INVOCATION_END + SPACING_MS });
    expect(decide(entry, v2, T + 1, false)).toEqual({ kind: 'wait', until: INVOCATION_END });
    expect(decide(entry, v2, T + 1, true).kind).toBe('clear');
  });

  it('prove nothing about the content: an unconfirmed claim and a doubt stay', () => {
    const doubt = doubted(owing, []);
    if (!doubt) throw new Error('what is known can be doubted');
    expect(clearedBy(v2, doubt)?.claim).toEqual(doubt.claim);
  });

  it('prove nothing once other content came in between', () => {
    const other = synced(owing, v3, T);
    const done = { claim: claimOf(v2, 'c'), runId: v2.runId, fields: clears };
    expect(cleared(other, done, owing, T)).toBeUndefined();
    expect(cleared(claimed(owing, claimOf(v3, 'n'), T, EXPIRES), done, owing, T)).toBeUndefined();
  });

  it('are noted when another worker of the same content took the claim over, which stays', () => {
    const entry = claimed(clearing(owing, v2), claimOf(v2, 'd'), T, EXPIRES);
    const after = cleared(entry, { claim: claimOf(v2, 'c'), runId: v2.runId, fields: clears }, owing, T);
    expect(after).toMatchObject({ claim: { id: 'd' }, known: { kept: [] } });
  });

  it('are owed of content that was sent, perhaps, by a worker that never returned', () => {
    const fills = { ...claimOf(v3, 'n'), fills: ['phone'] };
    const crashed = claimed(synced(undefined, v2), fills, T, EXPIRES);
    const next = candidate(400, 'V4', { clears: ['phone'] });
    expect(synced(crashed, next, INVOCATION_END * 2).known?.kept).toEqual(['phone']);
    const twice = claimed(crashed, claimOf(candidate(350, 'V3b'), 'm'), T, EXPIRES);
    expect(synced(twice, next, INVOCATION_END * 2).known?.kept).toEqual(['phone']);
  });

  it('are owed of content whose answer came too late to be confirmed', () => {
    const next = candidate(400, 'V4', { clears: ['phone'] });
    for (const entry of [owing, claimed(owing, claimOf(v3, 'n'), T, EXPIRES)]) {
      const doubt = doubted(entry, ['phone']);
      expect(synced(doubt, next, INVOCATION_END * 2).known?.kept).toEqual(expect.arrayContaining(['phone']));
      expect(doubt && doubted(doubt, ['phone'])).toBeUndefined();
    }
  });
});

describe('a refusal', () => {
  const bad = candidate(100, 'BAD');
  const refusal = { fingerprint: 'BAD', code: 'REFUSED', reason: 'no', runId: bad.runId } as const;
  const refusedOver = (before: Entry | undefined) =>
    refused(claimed(before, claimOf(bad, 'a'), LATER, EXPIRES), claimOf(bad, 'a'), before, refusal);
  const entry = refusedOver(undefined);

  it('is remembered by later runs', () => {
    expect(decide(entry, candidate(200, 'BAD'), NOW + 1, false)).toEqual({ kind: 'refused', refusal });
  });

  it('ends when the row changes', () => {
    expect(decide(entry, candidate(200, 'MENDED'), NOW + 1, false).kind).toBe('send');
  });

  it('is ignored by a resync, except its own', () => {
    expect(decide(entry, candidate(200, 'BAD', { resync: true }), NOW + 1, false).kind).toBe('send');
    expect(decide(entry, { ...bad, resync: true }, NOW + 1, false).kind).toBe('refused');
  });

  it('holds back no older content, and needs no second call of what is known', () => {
    const entry = refusedOver(synced(undefined, candidate(50, 'F1'), NOW - 60_000));
    expect(decide(entry, candidate(70, 'F2'), LATER, false).kind).toBe('send');
    expect(decide(entry, candidate(70, 'F1'), LATER, false).kind).toBe('unchanged');
    expect(decide(refusedOver(undefined), candidate(70, 'F2'), LATER, false).kind).toBe('send');
  });

  it('stands beside what is known, and is forgotten when content is accepted', () => {
    const known = synced(undefined, candidate(50, 'F1'));
    const both = refusedOver(known);
    expect(both?.known?.fingerprint).toBe('F1');
    expect(synced(both, candidate(300, 'F3'), LATER).refusal).toBeUndefined();
  });
});

describe('a claim that is given up', () => {
  const v1 = candidate(100, 'V1');
  const v2 = candidate(200, 'V2');
  const before = synced(undefined, candidate(50, 'V0'), NOW - 60_000);
  const held = claimed(before, claimOf(v1, 'a'), NOW, EXPIRES);

  it('leaves no trace if the service took nothing', () => {
    expect(withdrawn(held, claimOf(v1, 'a'), before)).toEqual(before);
  });

  it('lets others go on at once, also with a customer that the ledger did not know', () => {
    const entry = withdrawn(claimed(undefined, claimOf(v1, 'a'), NOW, EXPIRES), claimOf(v1, 'a'), undefined);
    for (const next of [v2, candidate(70, 'V0')]) expect(decide(entry, next, NOW + 1, false).kind).toBe('send');
  });

  it('keeps the spacing if the service answered with an error of its own', () => {
    const entry = released(held, claimOf(v1, 'a'), NOW);
    expect(decide(entry, v2, NOW + 1, false)).toEqual({ kind: 'wait', until: NOW + SPACING_MS });
  });

  it('stays if it is not ours any more', () => {
    expect(released(held, claimOf(v1, 'b'), NOW)).toBeUndefined();
    expect(withdrawn(held, claimOf(v1, 'b'), before)).toBeUndefined();
  });
});
