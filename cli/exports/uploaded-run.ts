import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { followRun, runIdOf } from '../runs/follow-run.ts';
import { asCommandResult } from '../runs/run-result.ts';
import { findStartedRun } from '../runs/started-run.ts';
import { UserError } from '../user-error.ts';
import type { FinishedUpload } from './upload.ts';
import { size } from './upload-progress.ts';

/** @throws UserError if the run that an upload starts would end with this command, and nobody waits for it. */
export function checkWait({ endsWithCommand, call }: ConnectedStack, wait: boolean): void {
  if (wait || !endsWithCommand) return;
  throw new UserError(
    `--no-wait: this command hosts the embedded stack itself, and the run would end with it. Leave --no-wait out, or host the stack in another terminal: ${call('start').replace(' --local', '')}`,
  );
}

/**
 * What an upload ends with: the name of the run that it started. Where the run would end with this command it is followed to
 * its end.
 */
export async function uploadResult(
  stack: ConnectedStack,
  uploaded: FinishedUpload,
  { wait }: { readonly wait: boolean },
): Promise<CommandResult> {
  const { stream, call } = stack;
  const { bucket, key, versionId, bytes, seconds } = uploaded;
  const json = { bucket, key, versionId: versionId ?? null, bytes, seconds, runId: null };
  stream.write(`Uploaded ${size(bytes)} in ${seconds.toFixed(1)} s to s3://${bucket}/${key}.\n`);
  if (!wait) return { text: `Its run starts in a moment. To follow it: ${call('watch')}`, json };

  const started = await startedRun(stack, uploaded);
  if (started === undefined) {
    return { text: `Not waiting for its run, which starts all the same. To follow it: ${call('watch')}`, json };
  }
  if (started instanceof UserError) return { text: started.message, json, failed: true };
  const runId = runIdOf(started);
  if (!stack.endsWithCommand) {
    return { text: `Run ${runId} started. To follow it: ${call(`watch ${runId}`)}`, json: { ...json, runId } };
  }
  stream.write(`Run ${runId} started.\n`);
  const followed = asCommandResult(await followRun(started, stack), stack);
  return { ...followed, json: { ...json, runId, run: followed.json } };
}

/** Undefined after Ctrl-C. The error is a value: the upload is done, so the call was not wrong. */
async function startedRun(
  { clients, outputs, clock, signal }: ConnectedStack,
  uploaded: FinishedUpload,
): Promise<string | UserError | undefined> {
  const sleep = async (milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds);
    signal.throwIfAborted();
  };
  try {
    return await findStartedRun(clients.sfn, outputs.StateMachineArn, uploaded, { ...clock, sleep });
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof UserError) return error;
    throw error;
  }
}
