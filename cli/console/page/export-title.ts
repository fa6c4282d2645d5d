import { resubmits } from '../../../functions/shared/export/upload-folders.ts';

/** Characters of a run's name that are shown, as in the commands. */
const SHORT = 8;

/** The export of a run as people name it; a corrected file by its own name and the run that it corrects. */
export function exportTitle(key: string | undefined): string {
  if (key === undefined) return 'no export named';
  const corrected = resubmits(key);
  if (corrected === undefined) return key;
  return `${key.slice(key.lastIndexOf('/') + 1)}, corrects ${corrected.slice(0, SHORT)}`;
}
