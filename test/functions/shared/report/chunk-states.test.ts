import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptViews,
  CHUNK_RETRIES,
  chunkCells,
  OTHER_RETRIES,
} from '../../../../functions/shared/report/chunk-states.ts';
import { attempt, START } from '../../../helpers/attempt.ts';

const stateOf = (isAtWork: boolean, ...attempts: Parameters<typeof attempt>[0][]) =>
  chunkCells(attempts.map(attempt), 1, isAtWork)[0]?.state;

describe('the chunks of a run', () => {
  it.each([
    { is: 'not started', of: 'nothing', isAtWork: true, attempts: [] },
    { is: 'at work', of: 'an attempt under way', isAtWork: true, attempts: [{}] },
    { is: 'stopped', of: 'an attempt that the end of the run caught', isAtWork: false, attempts: [{}] },
    { is: 'done', of: 'an attempt that ended well', isAtWork: true, attempts: [{ ended: 'done' }] },
    { is: 'again', of: 'an error while the run goes on', isAtWork: true, attempts: [{ ended: 'ItemsThrottled' }] },
    { is: 'stopped', of: 'an error that waited for a retry', isAtWork: false, attempts: [{ ended: 'ItemsThrottled' }] },
    { is: 'failed', of: 'an error without retry', isAtWork: false, attempts: [{ ended: 'ProfilesAccessDenied' }] },
    {
      is: 'failed',
      of: 'an error after its last retry',
      isAtWork: false,
      attempts: [0, 1, 2, 3, 4, 5].map((retry) => ({ retry, ended: 'UnexpectedError' })),
    },
    {
      is: 'stopped',
      of: 'as many errors in two redrives',
      isAtWork: false,
      attempts: [0, 1, 2, 3, 4, 5].map((retry) => ({ retry, redrive: retry % 2, ended: 'UnexpectedError' })),
    },
    { is: 'at work', of: 'the next attempt', isAtWork: true, attempts: [{ ended: 'NoPermit' }, { retry: 1 }] },
    {
      is: 'done',
      of: 'a redrive that came through',
      isAtWork: false,
      attempts: [
        { ended: 'ProfilesNotFound', retry: 3 },
        { redrive: 1, ended: 'done' },
      ],
    },
  ])('are $is after $of', ({ is, isAtWork, attempts }) => {
    expect(stateOf(isAtWork, ...attempts)).toBe(is);
  });

  it('say what all attempts took, and how the last bad one ended', () => {
    const attempts = [
      attempt({ rows: 7, calls: 20, throttled: 4, ended: 'ItemsThrottled', updatedAt: START + 3_000 }),
      attempt({ rows: 10, calls: 5, retry: 1, ended: 'done', startedAt: START + 9_000, updatedAt: START + 10_000 }),
    ];
    const cell = { chunk: 0, state: 'done', rows: 10, attempts: 2, calls: 25, throttled: 4, worked: 4_000 };
    expect(chunkCells(attempts, 2, false)).toMatchObject([
      { ...cell, error: 'ItemsThrottled' },
      { chunk: 1, state: 'not started', attempts: 0 },
    ]);
  });

  it('are all there, each once and in order, whatever was noted in which order', () => {
    const some = fc.array(fc.record({ chunk: fc.nat(20), redrive: fc.nat(2), retry: fc.nat(3) }));
    fc.assert(
      fc.property(some, fc.integer({ min: 21, max: 40 }), (overs, total) => {
        const cells = chunkCells(overs.map(attempt), total, true);
        expect(cells.map(({ chunk }) => chunk)).toEqual([...Array(total).keys()]);
        expect(cells.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(overs.length);
      }),
    );
  });

  it('are those that were begun where nobody knows how many there are', () => {
    expect(chunkCells([attempt({ chunk: 3 })], undefined, true).map(({ chunk }) => chunk)).toEqual([3]);
  });
});

describe('an attempt', () => {
  it('was broken off if it never said how it ended and another one followed', () => {
    const views = attemptViews([attempt({ retry: 1 }), attempt()], true);
    expect(views.map(({ ended }) => ended)).toEqual(['broken off', 'at work']);
  });

  it('is tried again as often as the state machine says', () => {
    const retry = retryOfSyncChunk();
    const attemptsAfter = (name: string) =>
      retry.find(({ ErrorEquals }) => ErrorEquals.includes(name))?.MaxAttempts ?? Number.NaN;
    for (const [name, retries] of Object.entries(CHUNK_RETRIES)) {
      expect([name, attemptsAfter(name === 'broken off' ? 'Lambda.Unknown' : name)]).toEqual([name, retries]);
    }
    expect(attemptsAfter('States.ALL')).toBe(OTHER_RETRIES);
  });
});

function retryOfSyncChunk(): readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[] {
  const file = new URL('../../../../statemachine/profile-sync.asl.json', import.meta.url);
  const { States } = JSON.parse(readFileSync(file, 'utf8'));
  return States.SyncChunks.ItemProcessor.States.SyncChunk.Retry;
}
