import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { MachineNode } from '../../../cli/console/api.ts';
import { describeHistory } from '../../../cli/console/history-text.ts';
import { machineStates } from '../../../cli/console/machine-states.ts';

/** `TYPE` or `TYPE Name`; an error behind `!`. */
function events(...lines: string[]): HistoryEvent[] {
  return lines.map((line, index) => {
    const [, type = '', name, error] = /^(\w+)(?: ([\w?]+))?(?:!(.*))?$/.exec(line) ?? [];
    const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
    return {
      id: index + 1,
      type: type as HistoryEvent['type'],
      timestamp: new Date(1_000 * index),
      ...(type.endsWith('StateEntered') && { stateEnteredEventDetails: { name } }),
      ...(type.endsWith('StateExited') && { stateExitedEventDetails: { name } }),
      ...(error !== undefined && { [member]: { error, cause: 'Zebedee' } }),
    };
  });
}

const TO_MAP = ['ExecutionStarted', 'TaskStateEntered Split', 'TaskStateExited Split', 'MapStateEntered Chunks'];
const NODES: MachineNode[] = [{ name: 'Chunk', type: 'Task', inside: 'Chunks', x: 0, y: 0, width: 0, height: 0 }];
const NONE = { done: 0, 'at work': 0, again: 0, failed: 0, stopped: 0, 'not started': 0 };

describe('the states of a run', () => {
  it.each([
    ['has only begun', ['ExecutionStarted'], {}, { Start: 'succeeded' }],
    ['is in its first state', TO_MAP.slice(0, 2), {}, { Start: 'succeeded', Split: 'running' }],
    ['is at its chunks', TO_MAP, { 'at work': 1, done: 3 }, { Chunks: 'running', Chunk: 'running' }],
    ['has a chunk that is tried again', TO_MAP, { again: 1, done: 3 }, { Chunks: 'running', Chunk: 'running' }],
    ['reads its chunks', TO_MAP, { 'not started': 4 }, { Chunks: 'running', Chunk: 'waiting' }],
    ['failed', [...TO_MAP, 'ExecutionFailed!X'], { failed: 1, done: 1 }, { Chunks: 'failed', Chunk: 'failed' }],
    ['was stopped', [...TO_MAP, 'ExecutionAborted'], { stopped: 2 }, { Chunks: 'stopped', Chunk: 'stopped' }],
    ['took too long', [...TO_MAP, 'ExecutionTimedOut'], { stopped: 2 }, { Chunks: 'failed', Chunk: 'stopped' }],
    [
      'was redriven',
      [...TO_MAP, 'ExecutionFailed!X', 'ExecutionRedriven'],
      { 'at work': 1 },
      { Chunks: 'running', Chunk: 'running' },
    ],
    [
      'succeeded after that',
      [
        ...TO_MAP,
        'ExecutionFailed!X',
        'ExecutionRedriven',
        'MapStateExited Chunks',
        'SucceedStateEntered Good',
        'ExecutionSucceeded',
      ],
      { done: 4 },
      { Split: 'succeeded', Chunks: 'succeeded', Chunk: 'succeeded', Good: 'succeeded', End: 'succeeded' },
    ],
    ['ended in a Fail', ['ExecutionStarted', 'FailStateEntered Bad', 'ExecutionFailed!X'], {}, { Bad: 'failed' }],
  ])('that %s', (_, lines, chunks, states) => {
    expect(machineStates(events(...lines), NODES, { ...NONE, ...chunks })).toMatchObject(states);
  });

  it('that never came to its chunks says nothing of them', () => {
    expect(machineStates(events('ExecutionStarted'), NODES, NONE)).toEqual({ Start: 'succeeded' });
  });
});

describe('the history of a run in words', () => {
  const told = (...lines: string[]) =>
    describeHistory(events(...lines)).map(
      ({ state, text, isTrouble }) => `${state ?? '-'} ${text}${isTrouble ? ' (!)' : ''}`,
    );

  it('is told newest first, with retries, and of errors with their names alone', () => {
    expect(
      told(
        'ExecutionStarted',
        'TaskStateEntered Split',
        'TaskScheduled',
        'TaskStarted',
        'TaskFailed!Lambda.Unknown',
        'TaskScheduled',
        'TaskSucceeded',
        'TaskStateExited Split',
        'ChoiceStateEntered HasRows?',
        'ChoiceStateExited HasRows?',
        'MapStateEntered Chunks',
        'MapRunStarted',
        'MapRunFailed!States.ExceedToleratedFailureThreshold',
        'ExecutionFailed!States.ExceedToleratedFailureThreshold',
        'ExecutionRedriven',
        'MapRunRedriven',
      ),
    ).toEqual([
      'Chunks The chunks that had not succeeded are started again.',
      '- The run was redriven: what had not succeeded runs again.',
      '- The run failed: States.ExceedToleratedFailureThreshold (!)',
      'Chunks Not all chunks were done: States.ExceedToleratedFailureThreshold (!)',
      'Chunks The chunks are started.',
      'Chunks begins.',
      'HasRows? is decided.',
      'Split is done.',
      'Split is tried again.',
      'Split failed: Lambda.Unknown (!)',
      'Split begins.',
      '- The run started.',
    ]);
  });

  it('quotes no name that is none, and no cause', () => {
    expect(told('ExecutionFailed!Zebedee Smith, 1 High Street')).toEqual(['- The run failed: unnamed error (!)']);
  });
});
