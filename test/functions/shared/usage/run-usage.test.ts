import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChunkProgress, FunctionUse } from '../../../../functions/shared/contracts.ts';
import { cost } from '../../../../functions/shared/cost/prices.ts';
import { billed, costOfUsage } from '../../../../functions/shared/cost/usage-cost.ts';
import { usageOfRun } from '../../../../functions/shared/usage/run-usage.ts';
import { statesOf } from '../../../../functions/shared/usage/state-transitions.ts';
import { attempt } from '../../../helpers/attempt.ts';

const use: FunctionUse = { ms: 10_000, mib: 512, reads: 5, writes: 3, puts: 2, gets: 1 };
const RUN = { redrives: 0, summarizeUse: use };
const noted = (over: Partial<ChunkProgress> = {}) => attempt({ use, ...over });
const usageOf = (attempts: readonly ChunkProgress[], run: Parameters<typeof usageOfRun>[1] = RUN) =>
  usageOfRun({ attempts, splitUse: use, totalChunks: new Set(attempts.map(({ chunk }) => chunk)).size }, run);

describe('what a run used', () => {
  it('is what its functions noted, every attempt of every chunk among them', () => {
    const attempts = [noted(), noted({ retry: 1 }), noted({ chunk: 1 })];
    expect(usageOf(attempts)).toMatchObject({
      ...{ readUnits: 25, writeUnits: 15, s3Puts: 10, s3Gets: 5 },
      ...{ invocations: 5, gbSeconds: 25 },
    });
  });

  it('is not known if an older deployment made a part of it', () => {
    expect(usageOf([noted(), attempt({ chunk: 1 })])).toBeUndefined();
    expect(usageOfRun({ attempts: [noted()], splitUse: undefined, totalChunks: 1 }, RUN)).toBeUndefined();
  });

  it.each([
    ['an export without rows', [], RUN, 7],
    ['one chunk', [noted()], RUN, 8 + 2],
    ['two chunks', [noted(), noted({ chunk: 1 })], RUN, 8 + 2 * 2],
    ['a chunk that was tried three times', [noted(), noted({ retry: 1 }), noted({ retry: 2 })], RUN, 8 + 2 + 2],
    ['a chunk whose first attempts noted nothing', [noted({ retry: 2 })], RUN, 8 + 2 + 2],
    ['a chunk that was redriven', [noted(), noted({ redrive: 1 })], { ...RUN, redrives: 1 }, 8 + 1 + 2 + 1],
    ['a run that failed at its chunks', [noted(), noted({ chunk: 1 })], { redrives: 0 }, 4 + 2 * 2],
  ])('counts the state transitions of %s', (_what, attempts, run, transitions) => {
    expect(usageOf(attempts, run)?.stateTransitions).toBe(transitions);
  });

  it('takes the states that the state machine has', () => {
    const { States } = JSON.parse(readFileSync('statemachine/profile-sync.asl.json', 'utf8'));
    const others = Object.keys(States).filter((name) => !['RaiseAlarm', 'RowsUnaccounted'].includes(name));
    expect(statesOf({ hasChunks: true, isSummarized: true })).toBe(1 + others.length);
    expect(statesOf({ hasChunks: true, isSummarized: false })).toBe(1 + others.indexOf('SyncChunks') + 1);
  });

  it('costs what its parts cost', () => {
    const usage = usageOf([noted()]);
    if (!usage) throw new Error('The usage is known.');
    expect(billed(usage).map(({ of }) => of)).toHaveLength(Object.keys(usage).length);
    expect(billed(usage).find(({ of }) => of === 'stateTransitions')?.usd).toBe(cost('transition', 10));
    expect(costOfUsage(usage)).toBeCloseTo(0.00025 + 15 * 1.33334e-5 + 0.000036, 4);
  });
});
