import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumProgress } from '../../../functions/shared/run-progress.ts';
import { attempt } from '../../helpers/attempt.ts';

describe('the progress of a run', () => {
  it("counts a chunk's rows once, from its furthest attempt, whatever order the attempts come in", () => {
    const attempts = [
      attempt({ retry: 0, rows: 4, synced: 4 }),
      attempt({ retry: 1, rows: 7, synced: 7 }),
      attempt({ redrive: 1, retry: 0, rows: 9, synced: 9 }),
      attempt({ redrive: 1, retry: 1, rows: 0, synced: 0 }),
      attempt({ chunk: 1, rows: 3, synced: 1, rejected: 2 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(attempts, { minLength: 5 }), (shuffled) => {
        expect(sumProgress(shuffled)).toMatchObject({ rows: 12, synced: 10, rejected: 2 });
      }),
    );
  });

  it('counts the calls of every attempt: each was spent', () => {
    const attempts = [attempt({ calls: 5, throttled: 5 }), attempt({ retry: 1, calls: 6, throttled: 1 })];
    expect(sumProgress(attempts)).toMatchObject({ calls: 11, throttled: 6 });
  });
});
