import { describe, expect, it } from 'vitest';
import { givenUpTooEarly } from './given-up.ts';
import type { FaultKind } from './types.ts';

const run = { runId: 'r', name: 'e.csv', uploadTime: 0, versionOrder: 0, status: 'SUCCEEDED', summary: undefined };
const lost = { row: 2, code: 'SERVICE_ERROR' };
const other = { row: 3, code: 'MISSING_KEY' };
const letter = { detail: '{}', code: 'SERVICE_ERROR' };

const none: Record<FaultKind, number> = {
  throttleStorm: 0,
  serviceErrors: 0,
  droppedBefore: 0,
  droppedAfter: 0,
  latency: 0,
  awsErrors: 0,
  awsThrottled: 0,
  awsDroppedBefore: 0,
  awsDroppedAfter: 0,
  unprocessedKeys: 0,
  crash: 0,
  timeout: 0,
  freeze: 0,
  stopRun: 0,
  restart: 0,
};

function judged(hits: Partial<Record<FaultKind, number>>) {
  const observation = { runs: [{ ...run, rejected: [lost, other] }], deadLetters: [letter], profiles: new Map() };
  return givenUpTooEarly({ observations: [observation], faults: { ...none, ...hits } });
}

describe('records that were given up', () => {
  it.each([
    ['with five failed calls for each are right', { serviceErrors: 4, droppedBefore: 3, droppedAfter: 3 }, undefined],
    [
      'with fewer are a difference',
      { serviceErrors: 9 },
      '2 records were given up with SERVICE_ERROR, though only 9 calls failed.',
    ],
    [
      'without any failed call are a difference',
      { throttleStorm: 50 },
      '2 records were given up with SERVICE_ERROR, though only 0 calls failed.',
    ],
    ['beside faults whose failed calls nobody counts are not judged', { restart: 1 }, undefined],
  ])('%s', (_, hits, difference) => {
    expect(judged(hits)).toBe(difference);
  });
});
