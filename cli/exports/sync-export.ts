import { basename } from 'node:path';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { followRun, type RunResult, runIdOf } from '../runs/follow-run.ts';
import { findStartedRun, startResync } from '../runs/started-run.ts';
import { uploadExport } from './upload.ts';

/** The rule on the export bucket starts no run here: a resync is started by hand. */
const RESYNC_PREFIX = 'resync/';

/** The main job: uploads an export, and follows the run that it starts. */
export async function syncExport(
  path: string,
  stack: ConnectedStack,
  /** Send every row, also those that the ledger knows as unchanged or refused. */
  resync: boolean,
  /** Below the prefix of exports, or of a resync. */
  folder = '',
): Promise<RunResult> {
  const { clients, outputs, stream } = stack;
  const key = `${resync ? RESYNC_PREFIX : outputs.ExportPrefix}${folder}${basename(path)}`;
  const uploaded = await uploadExport(stack, path, { bucket: outputs.ExportBucketName, key, metadata: {} });
  const executionArn = resync
    ? await startResync(clients.sfn, outputs.StateMachineArn, uploaded)
    : await findStartedRun(clients.sfn, outputs.StateMachineArn, uploaded, stack.clock);
  stream.write(`Run ${runIdOf(executionArn)} started.\n`);
  return followRun(executionArn, stack);
}
