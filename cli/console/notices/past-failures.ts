import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { remedyFor } from '../../../functions/shared/run-failure/error-catalogue.ts';
import { runError } from '../../../functions/shared/run-failure/run-error.ts';
import type { RunOverview } from '../../runs/run-overview.ts';
import type { NoticeView } from '../api.ts';
import type { Host } from '../host.ts';
import { historyOf } from '../run-history.ts';

const ENDS: Readonly<Record<string, string>> = {
  ExecutionFailed: 'failed',
  ExecutionTimedOut: 'timed out',
  ExecutionAborted: 'was stopped',
};

/** How a run ended before it was redriven; of that only its history is left, so that less is told than at the time. */
export async function pastFailures(host: Host, run: RunOverview): Promise<readonly NoticeView[]> {
  if (run.redrivenAt === undefined) return [];
  const { runId, redrivenAt } = run;
  const ends = (await historyOf(host, run)).filter(({ type = '', timestamp }) => {
    return ENDS[type] !== undefined && (timestamp?.getTime() ?? 0) <= redrivenAt;
  });
  return ends.map((event) => ({
    id: `failed ${runId} ${event.timestamp?.getTime()}`,
    at: event.timestamp?.getTime() ?? 0,
    is: 'over' as const,
    severity: 'failed' as const,
    ...wordsOf(runId, event),
    runId,
  }));
}

function wordsOf(runId: string, { type, executionFailedEventDetails: details }: HistoryEvent) {
  const error = details && runError(details.error, details.cause).name;
  const ended = `${ENDS[type ?? '']}${error === undefined ? '' : `: ${error}`}`;
  const meaning = error === undefined ? [] : [remedyFor(error).meaning];
  return {
    subject: `Profile sync: a run ${ended}`,
    message: [`Run ${runId} ${ended}.`, ...meaning, 'It was redriven since.'].join('\n'),
  };
}
