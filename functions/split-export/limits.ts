/**
 * Bytes of one export: Lambda's 900 s at 75 MB/s (600 Mbit/s, what a function's network sustains), with a factor of
 * safety of 2. The pass itself is faster; `npm run bench -- --only splitting` measures it, and that its memory is flat: the
 * keys of the most records that one export may have add 20 MB to what 2 GB of CSV take.
 */
export const MAX_EXPORT_BYTES = 30_000_000_000;

/**
 * Bytes of the text in UTF-8 of one export that is packed or in another encoding: a third as many, since the text is also written to
 * RunBucket meanwhile. `npm run bench -- --only splitting` measures these passes, too.
 */
export const MAX_COPY_BYTES = 10_000_000_000;

/**
 * Of the notes about keys; the rest of the function's 2 GiB of ephemeral storage stays free. They take 32 bytes per record
 * of a CSV and 56 per record of JSON Lines or of a corrected rejected file: 62 and 35 million records.
 */
export const MAX_SPOOL_BYTES = 2_000_000_000;

/** Of the header line of a CSV. */
export const MAX_HEADER_BYTES = 1_000_000;

/** A chunk is read into one worker's memory: at most so much, or one record. */
export const MAX_CHUNK_BYTES = 8_000_000;
