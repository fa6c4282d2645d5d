import { describe, expect, it } from 'vitest';
import { chunkStates, type LiveStatus } from '../../../cli/runs/live-status.ts';
import { statusAsJson, statusLines } from '../../../cli/runs/status-text.ts';
import { attempt, START } from '../../helpers/attempt.ts';

const HOUR = 3_600_000;

function status(over: Partial<LiveStatus> = {}): LiveStatus {
  return {
    runId: 'run-1',
    at: START,
    progress: {
      ...{ totalRows: 4_000, totalChunks: 40, rows: 1_200, synced: 1_000, unchanged: 190, stale: 7, rejected: 3 },
      ...{ calls: 1_003, throttled: 0, retries: 0, attempts: [] },
    },
    chunks: { done: 12, atWork: 9, brokenOff: 0, errors: [] },
    callsPerSecond: 78.4,
    rate: { api: 'PutProfileObject', deployed: 80, paused: false, limit: 80 },
    endsAt: undefined,
    deadline: undefined,
    ...over,
  };
}

/** The line about the rate, and that about the time. */
const rateLine = (over: Partial<LiveStatus>) => statusLines(status(over))[2];
const timeLine = (over: Partial<LiveStatus>) => statusLines(status(over))[3];

describe('the lines of a run at work', () => {
  it('say chunks, outcomes, rate and time', () => {
    expect(statusLines(status())).toEqual([
      'chunks 12 of 40 done, 9 at work',
      'synced 1,000, unchanged 190, stale 7, rejected 3',
      'about 78 of 80 calls/s',
      'no deadline',
    ]);
  });

  it('say how many customers were deleted, and of how many profiles fields were cleared', () => {
    const { progress } = status();
    const told = status({ progress: { ...progress, deleted: 1_200, cleared: 15 } });
    expect(statusLines(told)[1]).toBe('synced 1,000, unchanged 190, stale 7, rejected 3, deleted 1,200, cleared 15');
    expect(statusAsJson(told)).toMatchObject({ deleted: 1_200, cleared: 15 });
  });

  it('say what goes wrong: chunks that broke off, throttled calls, retries', () => {
    const broken = status({ chunks: { done: 12, atWork: 7, brokenOff: 2, errors: ['ItemsThrottled', 'NoPermit'] } });
    const troubled = { ...broken, progress: { ...broken.progress, throttled: 3, retries: 2 } };
    expect(statusLines(troubled)).toMatchObject([
      'chunks 12 of 40 done, 7 at work, 2 broken off (ItemsThrottled, NoPermit), to be tried again',
      expect.anything(),
      'about 78 of 80 calls/s, throttled 3, retries 2',
      expect.anything(),
    ]);
  });

  it.each<[LiveStatus['rate'], string]>([
    [{ api: 'PutProfileObject', deployed: 80, set: 40, paused: false, limit: 40 }, 'limit 40 of 80 calls/s (rate set)'],
    [{ api: 'PutProfileObject', deployed: 80, set: 40, paused: true, limit: 0 }, 'limit 0 of 80 calls/s (paused)'],
    [
      {
        api: 'PutProfileObject',
        deployed: 80,
        paused: false,
        limit: 61.3,
        fallen: { to: 60, at: START, backAt: START + 1 },
      },
      'limit 61 of 80 calls/s (fallen, the service throttled)',
    ],
  ])('say why the limit %j is not that of the deployment', (rate, limit) => {
    expect(rateLine({ rate })).toBe(`about 78 calls/s, ${limit}`);
  });

  it.each<[what: string, over: Partial<LiveStatus>, text: RegExp]>([
    [
      'met',
      { endsAt: START + HOUR, deadline: START + 2 * HOUR },
      /^about 1 h left, done at .*, deadline .* will be met$/,
    ],
    ['missed', { endsAt: START + 3 * HOUR, deadline: START + 2 * HOUR }, /, deadline .* will be missed by 1 h$/],
    [
      'missed',
      { endsAt: Number.POSITIVE_INFINITY, deadline: START + 1 },
      /^standing still, deadline .* will be missed$/,
    ],
    ['missed already', { endsAt: START + 1, deadline: START - 1 }, /, deadline .* missed$/],
    ['not known yet', { deadline: START + HOUR }, /^deadline \S+ \S+$/],
  ])('say that the deadline is %s', (_, over, text) => {
    expect(timeLine(over)).toMatch(text);
  });

  it('are one object for a program', () => {
    const deadline = START + 2 * HOUR;
    expect(statusAsJson(status({ endsAt: START + HOUR, deadline }))).toEqual({
      ...{ runId: 'run-1', status: 'RUNNING', at: new Date(START).toISOString() },
      ...{ rows: 1_200, totalRows: 4_000, synced: 1_000, unchanged: 190, stale: 7, rejected: 3 },
      chunks: { done: 12, atWork: 9, brokenOff: 0, errors: [], total: 40 },
      ...{ calls: 1_003, callsPerSecond: 78.4, limit: 80, deployedLimit: 80, paused: false },
      ...{ throttled: 0, retries: 0, standsStill: false },
      endsAt: new Date(START + HOUR).toISOString(),
      deadline: new Date(deadline).toISOString(),
      meetsDeadline: true,
    });
  });
});

it('a chunk is counted once, by what its newest attempt noted of itself', () => {
  const attempts = [
    attempt({ chunk: 0, retry: 1, ended: 'done' }),
    attempt({ chunk: 0, retry: 0, ended: 'ItemsThrottled' }),
    attempt({ chunk: 1, redrive: 0, retry: 3, ended: 'ItemsThrottled' }),
    attempt({ chunk: 1, redrive: 1, retry: 0 }),
    attempt({ chunk: 2, ended: 'NoPermit' }),
  ];
  expect(chunkStates(attempts)).toEqual({ done: 1, atWork: 1, brokenOff: 1, errors: ['NoPermit'] });
});
