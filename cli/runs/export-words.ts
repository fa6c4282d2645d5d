import { resubmits } from '../../functions/shared/export/upload-folders.ts';

/**
 * The export of a run as people name it; a corrected file by its own name and the run that it corrects.
 *
 * @param short of the name of a run.
 */
export function exportWords(key: string, short: (runId: string) => string): string {
  const corrected = resubmits(key);
  return corrected === undefined ? key : `${key.slice(key.lastIndexOf('/') + 1)}, corrects ${short(corrected)}`;
}
