import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Clock } from '../../functions/shared/clock.ts';
import type { ApprovedDeletes } from '../../functions/shared/contracts.ts';
import { decodedKey } from '../../functions/split-export/locate.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { UploadedExport } from '../exports/upload.ts';
import { UserError } from '../user-error.ts';
import { patiently } from './patience.ts';

const POLL_MS = 500;
/** A run that has not ended within the first seconds is a long one: it is looked at less often. */
const LONG_RUN_MS = 10_000;
const LONG_RUN_POLL_MS = 2_000;
/** S3's events usually take seconds and may take more than a minute. */
const START_TIMEOUT_MS = 120_000;
/** This machine's clock may be ahead of the service's. */
const CLOCK_SKEW_MS = 300_000;

/**
 * The execution that the upload's event started. EventBridge names it, so it is found by the object version in its input.
 *
 * @throws UserError if none starts within two minutes; the signal's reason if it is aborted.
 */
export async function findStartedRun(
  sfn: SFNClient,
  stateMachineArn: string,
  uploaded: UploadedExport,
  waiting: Pick<ConnectedStack, 'clock' | 'stream' | 'signal'>,
): Promise<string> {
  const { clock, stream, signal } = waiting;
  const note = (text: string) => stream.write(`${text}\n`);
  const look = startedRunFinder(sfn, stateMachineArn, uploaded);
  const giveUpAt = clock.now() + START_TIMEOUT_MS;
  while (clock.now() < giveUpAt) {
    const found = await patiently(look, { clock, signal, note });
    if (found !== undefined) return found;
    await clock.sleep(POLL_MS);
    signal.throwIfAborted();
  }
  throw new UserError(
    `The upload of ${uploaded.key} started no run within ${START_TIMEOUT_MS / 60_000} minutes. Is the rule on the export bucket enabled?`,
  );
}

/** Looks once, each time that it is called, for the execution that an upload's event started. */
export function startedRunFinder(
  sfn: SFNClient,
  stateMachineArn: string,
  uploaded: Pick<UploadedExport, 'key' | 'versionId' | 'startedAt'>,
): () => Promise<string | undefined> {
  const looked = new Set<string>();
  return async () => {
    for (const executionArn of await startedSince(sfn, stateMachineArn, uploaded.startedAt - CLOCK_SKEW_MS)) {
      if (looked.has(executionArn)) continue;
      const { input } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      looked.add(executionArn);
      if (input && isFor(JSON.parse(input), uploaded)) return executionArn;
    }
    return undefined;
  };
}

/** ARNs of the executions that started since then; the list comes newest first. */
async function startedSince(sfn: SFNClient, stateMachineArn: string, since: number): Promise<string[]> {
  const started: string[] = [];
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn })) {
    const recent = executions.filter(({ startDate }) => (startDate?.getTime() ?? 0) >= since);
    started.push(...recent.map(({ executionArn = '' }) => executionArn));
    if (recent.length < executions.length) break;
  }
  return started;
}

interface ObjectCreated {
  readonly detail?: { readonly object?: { readonly key?: string; readonly 'version-id'?: string } };
}

function isFor(input: ObjectCreated, uploaded: Pick<UploadedExport, 'key' | 'versionId'>): boolean {
  const object = input.detail?.object;
  const { key = '' } = object ?? {};
  // AWS does not document whether the key of an event is URL-encoded.
  return [key, decodedKey(key)].includes(uploaded.key) && object?.['version-id'] === uploaded.versionId;
}

/**
 * Starts a run by hand, and returns its ARN.
 *
 * @param how `resync`: sends every row, whatever the ledger holds from other runs. `approveDeletes`: these deletions are approved.
 */
export async function startByHand(
  sfn: SFNClient,
  stateMachineArn: string,
  { bucket, key, versionId }: Pick<UploadedExport, 'bucket' | 'key'> & { readonly versionId?: string | undefined },
  how: { readonly resync: true } | { readonly approveDeletes: ApprovedDeletes },
): Promise<string> {
  const object = { key, ...(versionId && { 'version-id': versionId }) };
  const input = JSON.stringify({ detail: { bucket: { name: bucket }, object }, ...how });
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  if (!executionArn) throw new TypeError('StartExecution answered without an execution ARN.');
  return executionArn;
}

/**
 * Looks at the run again and again until it has ended, calling `watch` in between.
 *
 * @param how.signal aborted: does not wait for the end.
 * @param how.describe looks at the run; by default one call, of which no error is endured.
 */
export async function untilEnded(
  sfn: SFNClient,
  executionArn: string,
  clock: Clock,
  watch: () => Promise<void>,
  {
    signal,
    describe = () => sfn.send(new DescribeExecutionCommand({ executionArn })),
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly describe?: () => Promise<DescribeExecutionCommandOutput>;
  } = {},
): Promise<DescribeExecutionCommandOutput> {
  const began = clock.now();
  for (;;) {
    const execution = await describe();
    if (execution.status !== 'RUNNING' || signal?.aborted) return execution;
    await watch();
    const lookAgainAt = clock.now() + (clock.now() - began < LONG_RUN_MS ? POLL_MS : LONG_RUN_POLL_MS);
    while (clock.now() < lookAgainAt && !signal?.aborted) await clock.sleep(POLL_MS);
  }
}
