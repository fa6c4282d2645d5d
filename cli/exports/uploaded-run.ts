import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { followRun, runIdOf } from '../runs/follow-run.ts';
import { asCommandResult } from '../runs/run-result.ts';
import { UserError } from '../user-error.ts';
import { describeNoRun, runOfUpload } from './run-of-upload.ts';
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

  const run = await runOfUpload(stack, uploaded, false);
  if (typeof run !== 'string') return { ...describeNoRun(run, stack), json };
  const runId = runIdOf(run);
  if (!stack.endsWithCommand) {
    return { text: `Run ${runId} started. To follow it: ${call(`watch ${runId}`)}`, json: { ...json, runId } };
  }
  stream.write(`Run ${runId} started.\n`);
  const followed = asCommandResult(await followRun(run, stack), stack);
  return { ...followed, json: { ...json, runId, run: followed.json } };
}
