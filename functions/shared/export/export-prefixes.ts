/** Objects under it are exports, those in `resubmit/RUN/` corrected rejected files; anything else in the bucket starts nothing. */
export const EXPORT_PREFIX = 'exports/';
/** Where `sync --resync` uploads to: no rule looks there, the run is started by hand. */
export const RESYNC_PREFIX = 'resync/';
