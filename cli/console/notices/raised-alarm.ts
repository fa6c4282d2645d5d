import { type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { parseJsonObject } from '../../../functions/shared/export/json-object.ts';
import { isOfNight, resubmits } from '../../../functions/shared/export/upload-folders.ts';
import type { RunOverview } from '../../runs/run-overview.ts';
import type { NoticeView } from '../api.ts';
import type { Host } from '../host.ts';
import { FOREVER, stateOf } from '../run-reads.ts';

/** What a run that rejected many rows told the alarm topic, as its history has it. */
export async function raisedAlarm(
  host: Host,
  run: RunOverview,
  others: readonly RunOverview[],
): Promise<NoticeView | undefined> {
  const { runId, status, rejected } = run;
  if (status !== 'SUCCEEDED' || rejected === 0) return undefined;
  const told = await host.recall(`alarm ${stateOf(run)}`, FOREVER, async () => {
    const { sfn } = host.stack.clients;
    const request = { executionArn: run.executionArn, reverseOrder: true };
    for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, request)) {
      for (const event of events) {
        const told = publishedBy(event);
        if (told) return { id: `alarm ${runId}`, ...told, severity: 'attention', runId } as const;
      }
    }
    return undefined;
  });
  return told && { ...told, is: others.some((other) => settles(other, run)) ? 'over' : 'open' };
}

/** A correction of the run, or a later night in which the CRM may have corrected it. */
function settles(other: RunOverview, { runId, startedAt }: RunOverview): boolean {
  if (!other.export || other.status !== 'SUCCEEDED') return false;
  return resubmits(other.export.key) === runId || (isOfNight(other.export.key) && other.startedAt > startedAt);
}

function publishedBy({ taskScheduledEventDetails: task, timestamp }: HistoryEvent) {
  if (task?.resourceType !== 'sns') return undefined;
  const { Subject, Message } = parseJsonObject(task.parameters ?? '') ?? {};
  if (typeof Subject !== 'string' || typeof Message !== 'string') return undefined;
  return { at: timestamp?.getTime() ?? 0, subject: Subject, message: Message };
}
