import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

/** A loop that goes on until `$n` reaches a number: four events a turn. */
const loop = (turns: number) => ({
  StartAt: 'Set',
  States: {
    Set: { Type: 'Pass', Assign: { n: 0 }, Next: 'More' },
    More: { Type: 'Choice', Choices: [{ Condition: `{% $n < ${turns} %}`, Next: 'Add' }], Default: 'Done' },
    Add: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Next: 'More' },
    Done: { Type: 'Succeed' },
  },
});

describe('a history', () => {
  it('of 25,000 events may end with success', async () => {
    // ExecutionStarted, Set, the last More and Done, and the end: 8 events beside 4 a turn.
    const { status, events } = await run(loop(6248));
    expect([status, events.length]).toEqual(['SUCCEEDED', 25_000]);
  });

  it('that would go on behind event 24,999 fails the execution', async () => {
    const { error, cause, events } = await run(loop(6249));
    expect([error, cause]).toEqual([
      'States.Runtime',
      'The execution reached the maximum number of history events (25000).',
    ]);
    expect([events.length, events.at(-1)?.type]).toEqual([25_000, 'ExecutionFailed']);
  });
});
