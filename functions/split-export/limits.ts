/**
 * Bytes of one export. Lambda's 900 s x 75 MB/s, the rate at which one function reads from S3, with a factor of safety
 * of 2. The pass itself reads about 200 MB/s from a local file on one core (measured with 20 columns and an ISO
 * `updatedAt`), so the network is what bounds it.
 */
export const MAX_EXPORT_BYTES = 30_000_000_000;

/** Of the notes about keys; the rest of the function's 2 GiB of ephemeral storage stays free. */
export const MAX_SPOOL_BYTES = 2_000_000_000;

/** Of the header line of a CSV. */
export const MAX_HEADER_BYTES = 1_000_000;

/** A chunk is read into one worker's memory: at most so much, or one record. */
export const MAX_CHUNK_BYTES = 8_000_000;
