import { basename } from 'node:path';
import { resubmissionKey } from '../../functions/shared/export/upload-folders.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { checkExport } from '../exports/check-export.ts';
import { uploadExport } from '../exports/upload.ts';
import { uploadTarget } from '../exports/upload-target.ts';
import { checkWait, uploadResult } from '../exports/uploaded-run.ts';
import { findRun } from '../runs/find-run.ts';
import { checkCorrected, describeComparison } from './check-corrected.ts';
import { findRejectedRows } from './rejected-rows.ts';

export interface ResubmitOptions {
  /** Name of the run, or the beginning of it. */
  readonly of: string;
  readonly yes: boolean;
  readonly wait: boolean;
}

/**
 * Uploads a corrected rejected file under a key that names its run, however long ago that was.
 *
 * @throws UserError if the file is not one of this run, or nothing in it was corrected; nothing was uploaded then.
 */
export async function resubmit(
  stack: ConnectedStack,
  path: string,
  { of, yes, wait }: ResubmitOptions,
): Promise<CommandResult> {
  const { clock, stream, call } = stack;
  const mapping = stack.mapping();
  checkWait(stack, wait);
  const checked = await checkExport(path, mapping);
  const { runId } = await findRun(stack, of);
  const rejected = await findRejectedRows(stack, runId);
  const comparison = await checkCorrected(checked, rejected, runId, { mapping, insists: yes, call });
  const lines = comparison
    ? describeComparison(comparison)
    : ['The run bucket keeps the rejected rows of this run no longer, so that nothing could be compared.'];
  stream.write(`${path} for run ${runId}:\n${lines.map((line) => `  ${line}\n`).join('')}`);

  const name = resubmissionKey('', runId, basename(path));
  // Only rows without _version have the file's own export time, and they are new: the name of the run, which is in the key,
  // may hold what the mapping would take for a time.
  const target = uploadTarget(stack, name, { asOf: new Date(clock.now()).toISOString() });
  const result = await uploadResult(stack, await uploadExport(stack, path, target), { wait });
  const counts = comparison && {
    corrected: comparison.corrected,
    unchanged: comparison.unchanged.length,
    triedAgain: comparison.triedAgain,
    filledUp: comparison.filledUp.length,
    leftOut: comparison.leftOut,
    added: comparison.added,
  };
  return { ...result, json: { ...result.json, of: runId, ...counts } };
}
