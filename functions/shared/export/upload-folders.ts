/** Corrected rejected files, each in a folder named as the run that it corrects. Below the prefix of exports, as is the next. */
export const RESUBMIT_FOLDER = 'resubmit/';
/** Single rows that were sent to try a mapping. Also below the prefix of a resync. */
export const TEST_ROW_FOLDER = 'test-row/';

const RESUBMITTED_KEY = /^[^/]+\/resubmit\/([^/]+)\/./;
const TEST_ROW_KEY = /^[^/]+\/test-row\//;

/** @param runId in full: the key is what links the resubmission to its run, in inputs, summaries and lists. */
export function resubmissionKey(exportPrefix: string, runId: string, name: string): string {
  return `${exportPrefix}${RESUBMIT_FOLDER}${runId}/${name}`;
}

/** The run that the export of this key corrects; undefined if it is no resubmission. */
export function resubmits(key: string): string | undefined {
  return RESUBMITTED_KEY.exec(key)?.[1];
}

/** Whether an upload of this key may be the export that a night expects: what an operator corrects or tries is none. */
export function isOfNight(key: string): boolean {
  return resubmits(key) === undefined && !TEST_ROW_KEY.test(key);
}
