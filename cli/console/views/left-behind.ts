import type { RunSummary } from '../../../functions/shared/contracts.ts';
import { costOfUsage } from '../../../functions/shared/cost/usage-cost.ts';
import { runFiles } from '../../../functions/shared/export/run-files.ts';
import { countLateErrors } from '../../../functions/summarize-run/late-errors.ts';
import { isAbsent } from '../../connect/s3-object.ts';
import { resubmissionsOf } from '../../exports/resubmissions.ts';
import type { ListedRun } from '../../runs/list-runs.ts';
import { summaryOf } from '../../runs/run-overview.ts';
import type { RunView } from '../api.ts';
import type { Host } from '../host.ts';

/** Lists of buckets, which change seldom. */
const FILES_MS = 5_000;

/** What a run left in the buckets; a run at work leaves nothing yet. @param output of its execution. */
export async function leftBehind(
  host: Host,
  { runId, status }: Pick<ListedRun, 'runId' | 'status'>,
  output: string | undefined,
): Promise<Pick<RunView, 'summary' | 'hasReport' | 'resubmissions'>> {
  if (status === 'RUNNING') return { hasReport: false, resubmissions: [] };
  const summary = status === 'SUCCEEDED' ? summaryOf(output) : undefined;
  const { clients, outputs } = host.stack;
  const Bucket = outputs.RunBucketName;
  const files = await host.recall(`files ${runId} ${status}`, FILES_MS, async () => ({
    hasReport: !(await isAbsent(clients.s3, { Bucket, Key: runFiles.report(runId) })),
    lateErrors: await countLateErrors(clients.s3, Bucket, runId),
    resubmissions: await resubmissionsOf(host.stack, runId),
  }));
  return {
    ...(summary && { summary: summaryView(summary, files.lateErrors) }),
    hasReport: files.hasReport,
    resubmissions: files.resubmissions.map(({ key, uploadedAt, bytes }) => ({
      ...{ key, bytes },
      uploadedAt: uploadedAt.getTime(),
    })),
  };
}

function summaryView(summary: RunSummary, lateErrors: number): RunView['summary'] {
  const { duplicates, cleared = 0, notCleared, notClearedByField = {}, notNormalized, rejectedByCode, usage } = summary;
  return {
    ...{ duplicates, cleared, notCleared, notClearedByField, notNormalized, lateErrors, rejectedByCode },
    ...(summary.deletes && { deletes: summary.deletes }),
    ...(usage && { usd: costOfUsage(usage) }),
  };
}
