/**
 * State transitions of an execution, a child of a Map Run included, besides its states and Retries: AWS's examples count the
 * start, too. https://aws.amazon.com/step-functions/pricing/, read 2026-11.
 */
export const TRANSITIONS_PER_START = 1;
/** SplitExport and `HasRows?`. */
const STATES_BEFORE_CHUNKS = 2;
/** SyncChunks itself. */
const STATE_OF_CHUNKS = 1;
/** SummarizeRun, `RowsAccounted?`, `NeedsAttention?` and RunComplete; a notice to people is one more. */
const STATES_AFTER_CHUNKS = 4;

/** State transitions of a run itself, without those of its chunks. */
export function statesOf(run: { readonly hasChunks: boolean; readonly isSummarized: boolean }): number {
  return (
    TRANSITIONS_PER_START +
    STATES_BEFORE_CHUNKS +
    (run.hasChunks ? STATE_OF_CHUNKS : 0) +
    (run.isSummarized ? STATES_AFTER_CHUNKS : 0)
  );
}
