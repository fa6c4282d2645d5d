import { basename } from 'node:path';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { followRun, type RunResult, runIdOf } from '../runs/follow-run.ts';
import type { ExportOptions } from './export-options.ts';
import { type NoRun, runOfUpload } from './run-of-upload.ts';
import { type UploadedExport, uploadExport } from './upload.ts';
import { exportTarget } from './upload-target.ts';

/**
 * The main job: uploads an export, and follows the run that it starts.
 *
 * @param options.resync send every row, also those that the ledger knows as unchanged or refused.
 * @throws UserError if the name is none for an export, or after Ctrl-C while the file is uploaded.
 */
export async function syncExport(
  path: string,
  stack: ConnectedStack,
  options: ExportOptions & { readonly resync?: boolean } = {},
): Promise<RunResult | NoRun> {
  const { asOf, name = basename(path), resync = false } = options;
  const target = exportTarget(stack, name, { asOf, resync });
  return followUpload(stack, await uploadExport(stack, path, target), resync);
}

/** Follows the run that an upload starts to its end. */
export async function followUpload(
  stack: ConnectedStack,
  uploaded: UploadedExport,
  resync: boolean,
): Promise<RunResult | NoRun> {
  const run = await runOfUpload(stack, uploaded, resync);
  if (typeof run !== 'string') return run;
  stack.stream.write(`Run ${runIdOf(run)} started.\n`);
  return followRun(run, stack);
}
