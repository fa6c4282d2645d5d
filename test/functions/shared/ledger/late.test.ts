import { describe, expect, it } from 'vitest';
import type { Claim, Entry } from '../../../../functions/shared/ledger/entry.ts';
import { MAX_RESENDS, markLate } from '../../../../functions/shared/ledger/late.ts';
import {
  type Candidate,
  claimed,
  confirmed,
  decide,
  refused,
  released,
  withdrawn,
} from '../../../../functions/shared/ledger/rules.ts';
import { DELETE_SPACING_MS, SPACING_MS } from '../../../../functions/shared/ledger/spacing.ts';
import { tombstone } from '../../../../functions/shared/ledger/tombstone.ts';

const NOW = 1_800_000_000_000;
const EXPIRES = NOW / 1000 + 1_000_000;
const INVOCATION_END = NOW + 360_000;
const LATER = NOW + SPACING_MS;

function candidate(night: number, fingerprint: string, over: Partial<Candidate> = {}): Candidate {
  return {
    version: { sourceTime: night, exportTime: night, uploadTime: night, row: 2, rule: 'exportTime' },
    fingerprint,
    runId: `run-${night}`,
    resync: false,
    unchangedMovesVersion: true,
    refreshAfter: 10_000_000_000,
    clears: [],
    ...over,
  };
}

function claimOf({ version, fingerprint }: Candidate, id = 'c', deadline = INVOCATION_END): Claim {
  return { id, version, fingerprint, deadline };
}

/** The entry after this record was claimed, sent and confirmed. */
function synced(entry: Entry | undefined, by: Candidate, now = NOW): Entry {
  const sent = { claim: claimOf(by), runId: by.runId, filled: ['name'] };
  const after = confirmed(claimed(entry, claimOf(by), now, EXPIRES), sent, now, EXPIRES);
  if (!after) throw new Error('the confirm should be valid');
  return after;
}

/** The entry after a late error was noted, and what was noted. */
function late(entry: Entry | undefined, messageId: string, now = LATER) {
  const note = markLate(entry, { messageId, reason: 'no profile' }, now);
  if (note.kind !== 'noted') throw new Error(`It should be noted: ${note.kind}.`);
  return { ...note, entry: note.entry ?? entry };
}

const night1 = candidate(1, 'F1');
const known = synced(undefined, night1);
const deletion = candidate(2, tombstone('object'));

describe('content that met a late error', () => {
  const marked = late(known, 'm1').entry;

  it('is sent again by the next run that holds it', () => {
    expect(decide(known, candidate(2, 'F1'), LATER, false).kind).toBe('unchanged');
    expect(decide(marked, candidate(2, 'F1'), LATER, false).kind).toBe('send');
  });

  it('is sent again by a live event that says the same', () => {
    const event = candidate(2, 'F1', { runId: 'event/1', unchangedMovesVersion: 'always' });
    expect(decide(marked, event, LATER, false).kind).toBe('send');
  });

  it('is sent once for it: then it is unchanged', () => {
    const again = synced(marked, candidate(2, 'F1'), LATER);
    expect(decide(again, candidate(3, 'F1'), LATER + SPACING_MS, false).kind).toBe('unchanged');
  });

  it.each([
    ['was throttled', (entry: Entry | undefined, claim: Claim) => withdrawn(entry, claim, marked)],
    ['was answered with an error', (entry: Entry | undefined, claim: Claim) => released(entry, claim, LATER)],
  ])('is still sent after the call for it %s', (_, end) => {
    const claim = claimOf(candidate(2, 'F1'), 'again', LATER + 60_000);
    const entry = end(claimed(marked, claim, LATER, EXPIRES), claim);
    expect(decide(entry, candidate(2, 'F1'), LATER + SPACING_MS, false).kind).toBe('send');
  });

  it('keeps its place in the order, and is still what its own run synced', () => {
    expect(decide(marked, candidate(0, 'F0'), LATER, false).kind).toBe('stale');
    expect(decide(marked, night1, LATER, false).kind).toBe('synced');
  });

  it('leaves all else in the entry as it was', () => {
    const { late: _, ...rest } = marked ?? {};
    expect(rest).toEqual(known);
  });

  it('is forgotten once other content was accepted', () => {
    const other = synced(marked, candidate(2, 'F2'), LATER);
    expect(other.late).toBeUndefined();
    expect(decide(other, candidate(3, 'F2'), LATER + SPACING_MS, false).kind).toBe('unchanged');
  });
});

describe('a late error of older content', () => {
  it('that comes after newer content was accepted costs one needless call of the newer', () => {
    const newer = synced(known, candidate(2, 'F2'), LATER);
    const marked = late(newer, 'm1', LATER + SPACING_MS).entry;
    expect(decide(marked, candidate(3, 'F2'), LATER + SPACING_MS, false).kind).toBe('send');
  });
});

describe('late errors again and again', () => {
  /** Each night the content is sent again, accepted, and fails. */
  function nights(count: number): { entry: Entry | undefined; sends: number; now: number } {
    let entry: Entry | undefined;
    let sends = 0;
    let now = NOW;
    for (let night = 1; night <= count; night += 1) {
      const record = candidate(night, 'F1');
      if (decide(entry, record, now, false).kind === 'send') {
        sends += 1;
        entry = synced(entry, record, now);
        now += SPACING_MS;
        entry = late(entry, `message-${night}`, now).entry;
      }
      now += 86_400_000;
    }
    return { entry, sends, now };
  }

  it('let the content be sent again three times at most, however many nights hold it', () => {
    expect(nights(3).sends).toBe(3);
    expect(nights(20).sends).toBe(1 + MAX_RESENDS);
    expect(MAX_RESENDS).toBe(3);
  });

  it('are then remembered as a refusal, until the content changes', () => {
    const { entry, now } = nights(5);
    const refusal = { fingerprint: 'F1', code: 'LATE_ERROR', reason: 'no profile', runId: 'run-4' };
    expect(decide(entry, candidate(6, 'F1'), now, false)).toEqual({ kind: 'refused', refusal });
    expect(decide(entry, candidate(6, 'F2'), now, false).kind).toBe('send');
  });

  it('do not let it count as unchanged when other content was refused in between, which forgets that it was given up', () => {
    const { entry, now } = nights(MAX_RESENDS + 1);
    const other = candidate(20, 'F2');
    const refusal = { fingerprint: 'F2', code: 'REFUSED', reason: 'bad', runId: 'run-20' } as const;
    const after = refused(claimed(entry, claimOf(other), now, EXPIRES), claimOf(other), entry, refusal);
    expect(decide(after, candidate(21, 'F1'), now, false).kind).toBe('send');

    const sent = synced(after, candidate(21, 'F1'), now);
    expect(decide(sent, candidate(22, 'F1'), now + SPACING_MS, false).kind).toBe('unchanged');
    expect(late(sent, 'message-21', now + SPACING_MS)).toMatchObject({ attempt: 5, givenUp: true });
  });

  it('end as a refusal alone when a resync of that content is refused: nothing is owed beside it', () => {
    const { entry, now } = nights(MAX_RESENDS + 1);
    const resync = candidate(20, 'F1', { resync: true });
    const refusal = { fingerprint: 'F1', code: 'REFUSED', reason: 'bad', runId: 'run-20' } as const;
    const after = refused(claimed(entry, claimOf(resync), now, EXPIRES), claimOf(resync), entry, refusal);
    expect(after?.late?.open).toBe(false);
    expect(decide(after, candidate(21, 'F1'), now, false)).toEqual({ kind: 'refused', refusal });

    const other = candidate(22, 'F2');
    const forgotten = refused(claimed(after, claimOf(other), now, EXPIRES), claimOf(other), after, {
      ...refusal,
      fingerprint: 'F2',
    });
    expect(decide(forgotten, candidate(23, 'F1'), now, false).kind).toBe('send');
  });

  it('do not keep a resync from sending it; the next late error is then the last', () => {
    const { entry, now } = nights(5);
    const resync = candidate(6, 'F1', { resync: true });
    expect(decide(entry, resync, now, false).kind).toBe('send');
    const sent = synced(entry, resync, now);
    expect(decide(sent, candidate(7, 'F1'), now + SPACING_MS, false).kind).toBe('unchanged');
    expect(late(sent, 'message-6', now + SPACING_MS)).toMatchObject({ attempt: 4, givenUp: true });
  });

  it('are counted anew for other content', () => {
    const { entry, now } = nights(3);
    const other = synced(entry, candidate(4, 'F2'), now);
    expect(late(other, 'message-5', now + SPACING_MS)).toMatchObject({ attempt: 1, givenUp: false });
  });
});

describe('a burst of late errors', () => {
  const burst = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'];
  const afterBurst = (entry: Entry | undefined) => burst.reduce((before, id) => late(before, id).entry, entry);

  it('of content that was sent once gives nothing up: what counts is how often the content was sent again', () => {
    const notes = burst.map((_, count) => {
      const before = burst.slice(0, count).reduce<Entry | undefined>((entry, id) => late(entry, id).entry, known);
      const { attempt, givenUp } = late(before, burst[count] ?? '');
      return { attempt, givenUp };
    });
    expect(notes).toEqual(burst.map(() => ({ attempt: 1, givenUp: false })));
    expect(decide(afterBurst(known), candidate(2, 'F1'), LATER, false).kind).toBe('send');
  });

  it('leads to one more call, after which it is unchanged and its messages are still known', () => {
    const again = synced(afterBurst(known), candidate(2, 'F1'), LATER);
    const now = LATER + SPACING_MS;
    expect(decide(again, candidate(3, 'F1'), now, false).kind).toBe('unchanged');
    for (const id of burst) expect(markLate(again, { messageId: id, reason: '' }, now)).not.toHaveProperty('entry');
  });

  it('of any length leaves the entry within a small part of a write unit', () => {
    const long = Array.from({ length: 100 }, (_, count) => `message-${count}`);
    const entry = long.reduce<Entry | undefined>((before, id) => late(before, id).entry, known);
    expect(JSON.stringify(entry?.late).length).toBeLessThan(200);
  });
});

describe('a message that is delivered twice', () => {
  it('is noted once, and tells the same again', () => {
    const first = late(known, 'm1');
    const second = markLate(first.entry, { messageId: 'm1', reason: 'no profile' }, LATER);
    expect(second).toEqual({ kind: 'noted', attempt: first.attempt, givenUp: false });
  });

  it('does not let content be sent that was sent again in between', () => {
    const again = synced(late(known, 'm1').entry, candidate(2, 'F1'), LATER);
    expect(markLate(again, { messageId: 'm1', reason: '' }, LATER)).toEqual({
      kind: 'noted',
      attempt: 1,
      givenUp: false,
    });
  });

  it('and was the last before the content was given up tells so again', () => {
    let entry: Entry | undefined = known;
    for (let night = 2; night <= MAX_RESENDS + 1; night += 1) {
      const now = LATER + night * 86_400_000;
      entry = synced(late(entry, `m${night}`, now).entry, candidate(night, 'F1'), now);
    }
    const last = late(entry, 'last', NOW + 100 * 86_400_000);
    expect(last).toMatchObject({ attempt: 4, givenUp: true });
    const again = markLate(last.entry, { messageId: 'last', reason: '' }, NOW + 100 * 86_400_000);
    expect(again).toEqual({ kind: 'noted', attempt: 4, givenUp: true });
  });

  it('is known among others of the same customer', () => {
    const both = late(late(known, 'm1').entry, 'm2');
    expect(markLate(both.entry, { messageId: 'm1', reason: '' }, LATER)).not.toHaveProperty('entry');
  });
});

describe('a late error waits', () => {
  const wait = (entry: Entry | undefined, now: number) => markLate(entry, { messageId: 'm', reason: '' }, now);

  it('while a call may be under way, whose confirm would end the mark', () => {
    const sending = claimed(known, claimOf(candidate(2, 'F2')), LATER, EXPIRES);
    const until = INVOCATION_END + SPACING_MS;
    expect(wait(sending, LATER)).toEqual({ kind: 'wait', until });
    expect(wait(sending, until).kind).toBe('noted');
  });

  it('while a worker whose claim was taken over may still confirm', () => {
    const old = claimed(undefined, claimOf(night1, 'old'), NOW, EXPIRES);
    const both = claimed(old, claimOf(night1, 'new', INVOCATION_END + 9_000), NOW, EXPIRES);
    const sent = { claim: claimOf(night1, 'old'), runId: 'run-1', filled: [] };
    const entry = confirmed(both, sent, NOW, EXPIRES);
    expect(wait(entry, INVOCATION_END)).toEqual({ kind: 'wait', until: INVOCATION_END + 9_000 + SPACING_MS });
  });
});

describe('a late error of what the ledger does not know', () => {
  it.each([
    ['no entry, or an expired one', undefined],
    [
      'only a refusal',
      { expiresAt: EXPIRES, refusal: { fingerprint: 'F1', code: 'REFUSED', reason: '', runId: '' } } as const,
    ],
  ])('changes nothing: %s', (_, entry) => {
    expect(markLate(entry, { messageId: 'm', reason: '' }, LATER)).toEqual({ kind: 'unknown' });
  });

  it.each<[string, Entry]>([
    ['was deleted since', synced(known, deletion, LATER)],
    ['is just being deleted', claimed(undefined, claimOf(deletion), NOW, EXPIRES)],
  ])('changes nothing if the customer %s: the deletion is not what failed', (_, entry) => {
    expect(markLate(entry, { messageId: 'm', reason: '' }, LATER + DELETE_SPACING_MS)).toEqual({ kind: 'unknown' });
  });

  it('is of what was sent before or after a deletion, if that is known or may have been sent', () => {
    const deleting = claimed(known, claimOf(deletion, 'dead', NOW - DELETE_SPACING_MS), NOW, EXPIRES);
    expect(late(deleting, 'm').entry?.late).toMatchObject({ fingerprint: 'F1' });
    const gone = synced(undefined, deletion, NOW - DELETE_SPACING_MS);
    const returned = claimed(gone, claimOf(candidate(3, 'F3'), 'dead', NOW - SPACING_MS), NOW, EXPIRES);
    expect(late(returned, 'm').entry?.late).toMatchObject({ fingerprint: 'F3' });
  });

  it('but may have been sent by a worker that died, is counted; the next record is sent for the claim', () => {
    const dead = claimed(undefined, claimOf(night1, 'dead', NOW - SPACING_MS), NOW, EXPIRES);
    const { entry, attempt } = late(dead, 'm1');
    expect(attempt).toBe(1);
    expect(decide(entry, candidate(2, 'F1'), LATER, false).kind).toBe('send');
    const again = synced(entry, candidate(2, 'F1'), LATER);
    expect(late(again, 'm2', LATER + SPACING_MS).attempt).toBe(2);
  });

  it('is counted anew once other content may have been sent', () => {
    const dead = claimed(undefined, claimOf(night1, 'dead', NOW - SPACING_MS), NOW, EXPIRES);
    const marked = late(dead, 'm1').entry;
    const other = claimed(marked, claimOf(candidate(2, 'F2'), 'dead too', LATER), LATER, EXPIRES);
    expect(late(other, 'm2', LATER + SPACING_MS).attempt).toBe(1);
  });
});
