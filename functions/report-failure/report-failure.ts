import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../shared/clock.ts';
import { readChunkFailures } from '../shared/run-failure/chunk-failures.ts';
import { readRunProgress } from '../shared/run-progress.ts';
import { logger } from '../shared/telemetry.ts';
import { failedRun, type StatusChange } from './failed-run.ts';
import { type FailurePageDependencies, writeFailurePage } from './failure-page.ts';
import { composeNotice } from './notice.ts';
import { claimNotice } from './notice-claim.ts';
import type { ChunksSeen } from './what-to-do.ts';

export interface ReportFailureDependencies extends FailurePageDependencies {
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly runTable: string;
  readonly alarmTopicArn: string;
  readonly clock: Pick<Clock, 'now'>;
}

export type Reported = 'published' | 'published before' | 'not needed: the run was redriven since, or succeeded';

/**
 * Writes the report of a run that failed, timed out or was stopped, and publishes one notice: what failed, how far it got, what
 * to do.
 *
 * EventBridge may deliver the event twice, late or out of order, so nothing is said of a run that was redriven since or
 * whose failure is reported already.
 *
 * @param requestId Lambda's own, the same when it tries a failed invocation again.
 */
export async function reportFailure(
  change: StatusChange,
  requestId: string,
  deps: ReportFailureDependencies,
): Promise<Reported> {
  const { sfn, dynamo, runTable } = deps;
  const { executionArn, redriveCount, name: runId } = change;
  const progress = await readRunProgress(dynamo, runTable, runId);
  const chunks = await chunkFailures(sfn, executionArn);
  // Last, so that no redrive has the time to write its report before this one is written over it.
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  // It may answer with a moment before the event, RUNNING too: only what comes after the event counts.
  if ((execution.redriveCount ?? 0) > redriveCount || execution.status === 'SUCCEEDED') {
    return 'not needed: the run was redriven since, or succeeded';
  }
  const run = failedRun(change, execution);
  const now = deps.clock.now();
  if (!(await claimNotice(dynamo, runTable, { runId, redriveCount, requestId, now }))) return 'published before';
  const report = await writeFailurePage(run, { progress, chunks, now }, deps);
  const { totalRows, totalChunks } = progress;
  const wasCut = totalRows !== undefined && totalChunks !== undefined;
  const howFar = wasCut ? { ...progress, totalRows, totalChunks } : undefined;
  const { subject, message } = composeNotice(run, howFar, chunks, report);
  await deps.sns.send(new PublishCommand({ TopicArn: deps.alarmTopicArn, Subject: subject, Message: message }));
  return 'published';
}

/** A notice that can't say why the chunks failed is better than none. */
async function chunkFailures(sfn: SFNClient, executionArn: string): Promise<ChunksSeen> {
  try {
    return await readChunkFailures(sfn, executionArn);
  } catch (error) {
    logger.warn('The chunks could not be looked at.', { error: error instanceof Error ? error.name : 'unknown' });
    return 'unknown';
  }
}
