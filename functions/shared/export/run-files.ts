/** What a run leaves lies under it. */
export const RUN_PREFIX = 'runs/';

/** Digits of a chunk number in a key, so that keys list in the order of chunks. */
const CHUNK_DIGITS = 6;

/** In place of a run, for late errors of records that the ledger knows of no run to have sent; kept and read as a run's files are. */
const UNKNOWN_RUN = 'unknown';

/** Texts of whole exports lie apart from what a run leaves to look at: who may read reports need not read all customers. */
export const EXPORT_TEXT_PREFIX = 'texts/';

/** Keys in RunBucket of what a run writes. */
export const runFiles = {
  folder: (runId: string): string => `${RUN_PREFIX}${runId}/`,
  chunks: (runId: string): string => `${RUN_PREFIX}${runId}/chunks.jsonl`,
  /** Of an export that was packed or in another encoding: in UTF-8. */
  exportText: (runId: string): string => `${EXPORT_TEXT_PREFIX}${runId}.txt`,
  resultsPrefix: (runId: string): string => `${RUN_PREFIX}${runId}/results/`,
  result: (runId: string, chunk: number): string => `${RUN_PREFIX}${runId}/results/${padded(chunk)}.json`,
  /** Of one attempt of one chunk. */
  chunkRejected: (
    runId: string,
    chunk: number,
    attempt: { readonly redrive: number; readonly retry: number },
    type: 'csv' | 'jsonl',
  ): string => `${RUN_PREFIX}${runId}/rejected/${padded(chunk)}-${attempt.redrive}-${attempt.retry}.${type}`,
  /**
   * Prefix of the files of late errors of what this run, or live event, sent.
   *
   * @param runId undefined if the ledger knows of no run that sent the record.
   */
  lateErrors: (runId: string | undefined): string => `${RUN_PREFIX}${runId ?? UNKNOWN_RUN}/late-errors/`,
  lateError: (runId: string | undefined, messageId: string): string => `${runFiles.lateErrors(runId)}${messageId}.json`,
  rejected: (runId: string, type: 'csv' | 'jsonl'): string => `${RUN_PREFIX}${runId}/rejected.${type}`,
  summary: (runId: string): string => `${RUN_PREFIX}${runId}/summary.json`,
  report: (runId: string): string => `${RUN_PREFIX}${runId}/report.html`,
};

function padded(chunk: number): string {
  return String(chunk).padStart(CHUNK_DIGITS, '0');
}
