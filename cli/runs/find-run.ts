import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { paginateListExecutions } from '@aws-sdk/client-sfn';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';

const RUN_PREFIX = 'runs/';
/** Of the runs that a beginning fits, so many are named. */
const NAMED = 5;

export interface FoundRun {
  readonly runId: string;
  /** Undefined if Step Functions no longer knows the run, 90 days after its end, but its files are there. */
  readonly executionArn: string | undefined;
}

/**
 * The run of this name, or whose name begins so.
 *
 * @throws UserError if there is none, or more than one.
 */
export async function findRun(
  { clients, outputs, call }: Pick<ConnectedStack, 'clients' | 'outputs' | 'call'>,
  run: string,
): Promise<FoundRun> {
  const found = new Map<string, string | undefined>();
  const { StateMachineArn: stateMachineArn, RunBucketName } = outputs;
  for await (const { executions = [] } of paginateListExecutions({ client: clients.sfn }, { stateMachineArn })) {
    for (const { name, executionArn } of executions) {
      if (name === run) return { runId: run, executionArn };
      if (name?.startsWith(run)) found.set(name, executionArn);
    }
  }
  if (found.size === 0) {
    // Of names that begin alike the first thousand are more than enough to say that there are several.
    const { CommonPrefixes = [] } = await clients.s3.send(
      new ListObjectsV2Command({ Bucket: RunBucketName, Prefix: RUN_PREFIX + run, Delimiter: '/' }),
    );
    for (const { Prefix = '' } of CommonPrefixes) found.set(Prefix.slice(RUN_PREFIX.length, -1), undefined);
  }
  const [only, ...others] = found;
  if (!only) {
    throw new UserError(
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
  throw new UserError(
    `Step Functions no longer knows the run ${runId}: it forgets executions after 90 days. Its files are still there: ${stack.call(`report ${runId}`)}`,
  );
}
