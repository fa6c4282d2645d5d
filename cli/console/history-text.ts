import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { runError } from '../../functions/shared/run-failure/run-error.ts';
import type { HistoryView } from './api.ts';
import { stateNamed } from './machine-states.ts';

type EventView = HistoryView['events'][number];

/** What is said of an event; those that are missing here say nothing that a neighbour of theirs does not. */
const TEXTS: Readonly<Record<string, string>> = {
  ExecutionStarted: 'The run started.',
  ExecutionRedriven: 'The run was redriven: what had not succeeded runs again.',
  ExecutionSucceeded: 'The run succeeded.',
  ExecutionFailed: 'The run failed',
  ExecutionTimedOut: 'The run took too long, and was ended.',
  ExecutionAborted: 'The run was stopped.',
  TaskStateEntered: 'begins.',
  TaskStateExited: 'is done.',
  TaskFailed: 'failed',
  TaskTimedOut: 'took too long',
  TaskStartFailed: 'could not be started',
  TaskSubmitFailed: 'could not be submitted',
  LambdaFunctionFailed: 'failed',
  LambdaFunctionTimedOut: 'took too long',
  ChoiceStateEntered: 'is decided.',
  PassStateEntered: 'is passed.',
  WaitStateEntered: 'begins to wait.',
  SucceedStateEntered: 'is reached.',
  FailStateEntered: 'is reached.',
  MapStateEntered: 'begins.',
  MapStateExited: 'is done.',
  MapStateFailed: 'failed.',
  MapStateAborted: 'was stopped.',
  MapRunStarted: 'The chunks are started.',
  MapRunRedriven: 'The chunks that had not succeeded are started again.',
  MapRunSucceeded: 'All chunks are done.',
  MapRunFailed: 'Not all chunks were done',
  MapRunAborted: 'The chunks were stopped.',
};
const TROUBLE = /(Failed|TimedOut|Aborted)$/;
const RETRIED = 'is tried again.';

/**
 * The events of a run in words, newest first. Of an error only the name is told: its cause may be anybody's text.
 *
 * @param events oldest first.
 */
export function describeHistory(events: readonly HistoryEvent[]): EventView[] {
  const told: EventView[] = [];
  let state: string | undefined;
  let failed = false;
  for (const event of events) {
    const { id = 0, type = '', timestamp } = event;
    state = event.stateEnteredEventDetails?.name ?? state;
    const isRetry = failed && type === 'TaskScheduled';
    const text = isRetry ? RETRIED : TEXTS[type];
    if (type.startsWith('Task')) failed = TROUBLE.test(type);
    if (text === undefined) continue;
    const named = stateNamed(event) ?? (/^(Task|Lambda|Map)/.test(type) ? state : undefined);
    const isFail = type === 'FailStateEntered';
    told.push({
      id,
      at: timestamp?.getTime() ?? 0,
      ...(named !== undefined && { state: named }),
      text: withError(text, event),
      isTrouble: isFail || TROUBLE.test(type),
    });
  }
  return told.reverse();
}

function withError(text: string, event: HistoryEvent): string {
  const details =
    event.executionFailedEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.mapRunFailedEventDetails;
  if (text.endsWith('.')) return text;
  const { error, cause } = details ?? {};
  return error === undefined ? `${text}.` : `${text}: ${runError(error, cause).name}`;
}
