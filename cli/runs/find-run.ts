import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { RUN_PREFIX } from '../../functions/shared/export/run-files.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { NotFound, UserError } from '../user-error.ts';
import { executionArnOf, unlessForgotten } from './execution.ts';
import { listRuns } from './list-runs.ts';

/** Of the runs that a beginning fits, so many are named. */
const NAMED = 5;

export interface FoundRun {
  readonly runId: string;
  /** Undefined if Step Functions no longer knows the run, 90 days after its end, but its files are there. */
  readonly executionArn: string | undefined;
}

/**
 * What a name of an execution is made of. StartExecution, Step Functions API Reference, read 2026-11. A slash would also be a folder
 * in the run bucket.
 */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;
/** Names of one UUID, which StartExecution makes, or of two, which EventBridge makes. */
const UUID_LENGTH = 36;

/**
 * The run of this name, or whose name begins so.
 *
 * @throws UserError if there is none, or more than one.
 */
export async function findRun(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'call'>,
  run: string,
): Promise<FoundRun> {
  const { clients, outputs, call } = stack;
  if (!NAME.test(run)) {
    throw new UserError(
      `No run has the name ${JSON.stringify(run)}. Give the name of a run, or the beginning of it; ${call('runs')} lists them.`,
    );
  }
  // One call where a list of 90 days may take many.
  const complete = run.length >= UUID_LENGTH ? await findByName(stack, run) : undefined;
  if (complete) return complete;

  const found = new Map<string, string | undefined>();
  for await (const { runId, executionArn } of listRuns(clients.sfn, outputs.StateMachineArn)) {
    if (runId === run) return { runId, executionArn };
    if (runId.startsWith(run)) found.set(runId, executionArn);
  }
  if (found.size === 0) {
    // Of names that begin alike the first thousand are more than enough to say that there are several.
    const { CommonPrefixes = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: outputs.RunBucketName, Prefix: RUN_PREFIX + run, Delimiter: '/' }),
    );
    for (const { Prefix = '' } of CommonPrefixes) found.set(Prefix.slice(RUN_PREFIX.length, -1), undefined);
  }
  const [only, ...others] = found;
  if (!only) {
    throw new NotFound(
      `There is no run ${run}. Give the name of a run, or the beginning of it; ${call('runs')} lists them.`,
    );
  }
  if (others.length > 0 && !found.has(run)) {
    const names = [...found.keys()].slice(0, NAMED).join(', ');
    throw new UserError(
      `${found.size} runs begin with ${run}. Give more of the name: ${names}${found.size > NAMED ? ', …' : ''}`,
    );
  }
  const [runId, executionArn] = found.has(run) ? [run, found.get(run)] : only;
  return { runId, executionArn };
}

async function findByName(
  { clients, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string,
): Promise<FoundRun | undefined> {
  const executionArn = executionArnOf(outputs.StateMachineArn, runId);
  return unlessForgotten(async () => {
    await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    return { runId, executionArn };
  });
}

/**
 * As `findRun`, of what Step Functions still knows.
 *
 * @throws UserError also if it has forgotten the run.
 */
export async function findExecution(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'call'>,
  run: string,
): Promise<{ readonly runId: string; readonly executionArn: string }> {
  const { runId, executionArn } = await findRun(stack, run);
  if (executionArn) return { runId, executionArn };
  throw new NotFound(
    `Step Functions no longer knows the run ${runId}: it forgets executions after 90 days. Its files are still there: ${stack.call(`report ${runId}`)}`,
  );
}
