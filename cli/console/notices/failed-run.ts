import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { type FailedStatus, failedRun } from '../../../functions/report-failure/failed-run.ts';
import { composeNotice } from '../../../functions/report-failure/notice.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { readChunkFailures } from '../../../functions/shared/run-failure/chunk-failures.ts';
import { isMendedBy } from '../../../functions/watch-runs/night-runs.ts';
import { isAbsent } from '../../connect/s3-object.ts';
import type { RunOverview } from '../../runs/run-overview.ts';
import type { NoticeView } from '../api.ts';
import type { Host } from '../host.ts';
import { execution, goodFor, progressOf, stateOf } from '../run-reads.ts';

const FAILED: readonly string[] = ['FAILED', 'TIMED_OUT', 'ABORTED'] satisfies readonly FailedStatus[];

/** The notice that the alarm topic was told of a run, if it ended badly; made again, since a topic keeps nothing. */
export async function failedRunNotice(
  host: Host,
  run: RunOverview,
  others: readonly RunOverview[],
): Promise<NoticeView | undefined> {
  const { runId, status, startedAt, endedAt = startedAt } = run;
  if (!isFailed(status)) return undefined;
  const notice = await host.recall(`notice ${stateOf(run)}`, goodFor(run, host), () => compose(host, run, status));
  return {
    id: `failed ${runId} ${endedAt}`,
    at: endedAt,
    is: others.some((other) => isMended(run, other)) ? 'over' : 'open',
    severity: 'failed',
    ...notice,
    runId,
  };
}

/** A run that succeeded with the same export. */
function isMended({ export: missing, startedAt }: RunOverview, other: RunOverview): boolean {
  if (!missing || !other.export || other.status !== 'SUCCEEDED') return false;
  return isMendedBy({ startedAt, export: missing }, { startedAt: other.startedAt, export: other.export });
}

async function compose(host: Host, { runId, executionArn }: RunOverview, status: FailedStatus) {
  const { clients, outputs } = host.stack;
  const described = await execution(host, executionArn);
  const failed = failedRun(statusChange(described, status, outputs.StateMachineArn), described);
  const { totalRows, totalChunks, ...done } = await progressOf(host, runId);
  const progress =
    totalRows === undefined || totalChunks === undefined ? undefined : { ...done, totalRows, totalChunks };
  const report = { Bucket: outputs.RunBucketName, Key: runFiles.report(runId) };
  const address = (await isAbsent(clients.s3, report)) ? undefined : `s3://${report.Bucket}/${report.Key}`;
  return composeNotice(failed, progress, await readChunkFailures(clients.sfn, executionArn), address);
}

/** What the event said when the run ended; it has not changed since. */
function statusChange(
  { name = '', executionArn = '', startDate, stopDate, ...rest }: DescribeExecutionCommandOutput,
  status: FailedStatus,
  stateMachineArn: string,
) {
  const { redriveCount = 0, redriveStatus = null, redriveStatusReason = null } = rest;
  return {
    ...{ name, executionArn, stateMachineArn, status, redriveCount, redriveStatus, redriveStatusReason },
    startDate: startDate?.getTime() ?? 0,
    stopDate: stopDate?.getTime() ?? null,
  };
}

function isFailed(status: string): status is FailedStatus {
  return FAILED.includes(status);
}
