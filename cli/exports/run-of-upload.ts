import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { findStartedRun, startByHand } from '../runs/started-run.ts';
import { UserError } from '../user-error.ts';
import type { UploadedExport } from './upload.ts';

/** The file is there, but its run is not known: a value, since the call was not wrong. */
export interface NoRun {
  readonly uploaded: UploadedExport;
  readonly resync: boolean;
  /** What went wrong; undefined: Ctrl-C. */
  readonly error: UserError | undefined;
}

/** ARN of the run that an upload starts; a resync is started here. */
export async function runOfUpload(
  { clients, outputs, clock, stream, signal }: ConnectedStack,
  uploaded: UploadedExport,
  resync: boolean,
): Promise<string | NoRun> {
  const { StateMachineArn } = outputs;
  const interrupted: NoRun = { uploaded, resync, error: undefined };
  if (signal.aborted) return interrupted;
  if (resync) return startByHand(clients.sfn, StateMachineArn, uploaded, { resync: true });
  try {
    return await findStartedRun(clients.sfn, StateMachineArn, uploaded, { clock, stream, signal });
  } catch (error) {
    if (signal.aborted) return interrupted;
    if (error instanceof UserError) return { uploaded, resync, error };
    throw error;
  }
}

export function describeNoRun(
  { uploaded, resync, error }: NoRun,
  { call, endsWithCommand }: Pick<ConnectedStack, 'call' | 'endsWithCommand'>,
): CommandResult {
  const { bucket, key, versionId = null } = uploaded;
  const json = { bucket, key, versionId, runId: null };
  if (error) return { text: error.message, json, failed: true };
  if (resync) return { text: 'Its run was not started.', json };
  const becomes = endsWithCommand
    ? `if it has started, it ends with this command, and can be redriven. To see it: ${call('runs')}`
    : `it starts all the same. To follow it: ${call('watch')}`;
  return { text: `Not waiting for its run: ${becomes}`, json };
}
