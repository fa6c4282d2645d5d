import { percent } from '../../functions/shared/report/words.ts';
import { type CommandResult, PROGRAM } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { counted } from '../output/words.ts';
import { UserError } from '../user-error.ts';
import { findRun } from './find-run.ts';
import { followRun } from './follow-run.ts';
import { readSummary } from './read-summary.ts';
import { asCommandResult } from './run-result.ts';
import { startByHand } from './started-run.ts';

export interface HowToApprove {
  /** Wait for the end of the run. */
  readonly follow: boolean;
}

/**
 * Starts the export of a run again, the same version of it, with its deletions approved: so many as that run found marked, and
 * no other number, and by the mapping that it had.
 *
 * @param run the run's name, or the beginning of it.
 * @throws UserError if there is no such run, or it has no deletions that wait for an approval.
 */
export async function approve(run: string, stack: ConnectedStack, { follow }: HowToApprove): Promise<CommandResult> {
  const { clients, outputs, stream, call } = stack;
  if (!follow && stack.endsWithCommand) {
    throw new UserError(
      `This command hosts the embedded stack, so the run would end with it. Leave out --no-follow, or host the stack in another terminal: ${PROGRAM} start`,
    );
  }
  const { runId } = await findRun(stack, run);
  const summary = await readSummary(stack, runId);
  if (!summary) {
    throw new UserError(
      `Run ${runId} has no summary: it has not come to its end, or its files have expired. See how it stands: ${call(`watch ${runId}`)}`,
    );
  }
  const { deletes, rows } = summary;
  if (!deletes || deletes.allowed) {
    throw new UserError(
      `Run ${runId} has no deletions that wait for an approval: ${deletes ? 'what its export marks as deleted was within what the mapping allows' : 'the mapping deletes nothing'}.`,
    );
  }
  const { marked, mappingHash } = deletes;
  stream.write(`Approving ${counted(marked, 'deletion')}, ${percent(marked / rows)} of the rows of run ${runId}.\n`);
  const executionArn = await startByHand(clients.sfn, outputs.StateMachineArn, summary.export, {
    approveDeletes: { marked, mappingHash },
  });
  const started = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  stream.write(`Run ${started} started, with the same version of the export.\n`);
  return asCommandResult(follow ? await followRun(executionArn, stack) : { runId: started, status: 'RUNNING' }, stack);
}
