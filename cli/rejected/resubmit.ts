import { basename } from 'node:path';
import { resubmissionKey } from '../../functions/shared/export/upload-folders.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { checkExport } from '../exports/check-export.ts';
import { uploadExport } from '../exports/upload.ts';
import { type UploadTarget, uploadTarget } from '../exports/upload-target.ts';
import { checkWait, uploadResult } from '../exports/uploaded-run.ts';
import { findRun } from '../runs/find-run.ts';
import { checkCorrected, describeComparison } from './check-corrected.ts';
import type { Comparison } from './compare.ts';
import { findRejectedRows } from './rejected-rows.ts';

export interface ResubmitOptions {
  /** Name of the run, or the beginning of it. */
  readonly of: string;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** A corrected file that may be uploaded. */
export interface CheckedResubmission {
  readonly runId: string;
  readonly target: UploadTarget;
  /** Undefined if the run bucket keeps the rejected rows no longer, so that nothing could be compared. */
  readonly comparison: Comparison | undefined;
  /** What is said of the comparison. */
  readonly lines: readonly string[];
}

/**
 * Compares a corrected file with the rejected rows of its run; its key will name that run, however long ago it was.
 *
 * @param name of the file, whose suffix tells the format.
 * @throws UserError if the file is not one of this run, or nothing in it was corrected.
 */
export async function checkResubmission(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock' | 'call' | 'mapping'>,
  path: string,
  name: string,
  { of, yes }: Pick<ResubmitOptions, 'of' | 'yes'>,
): Promise<CheckedResubmission> {
  const { clock, call } = stack;
  const mapping = stack.mapping();
  const checked = await checkExport(path, mapping, name);
  const { runId } = await findRun(stack, of);
  const rejected = await findRejectedRows(stack, runId);
  const comparison = await checkCorrected(checked, rejected, runId, { mapping, insists: yes, call });
  // Only rows without _version have the file's own export time, and they are new: the name of the run, which is in the key,
  // may hold what the mapping would take for a time.
  const asOf = new Date(clock.now()).toISOString();
  return {
    runId,
    target: uploadTarget(stack, resubmissionKey('', runId, name), { asOf }),
    comparison,
    lines: comparison
      ? describeComparison(comparison)
      : ['The run bucket keeps the rejected rows of this run no longer, so that nothing could be compared.'],
  };
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
  checkWait(stack, wait);
  const { runId, target, comparison, lines } = await checkResubmission(stack, path, basename(path), { of, yes });
  stack.stream.write(`${path} for run ${runId}:\n${lines.map((line) => `  ${line}\n`).join('')}`);

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
