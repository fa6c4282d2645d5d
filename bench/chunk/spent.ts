/** What the worker is told, as JSON in its first argument. */
export interface WorkerInput {
  /** Key of an export of a hundred customers of its own, which the process syncs first. */
  readonly firstHundred: string;
  /** Keys of one export each night: every customer changes from one to the next. */
  readonly nights: readonly string[];
  /** How often the last night comes again, unchanged. */
  readonly unchangedRounds: number;
  readonly bucket: string;
  readonly runBucket: string;
  readonly tables: { readonly run: string; readonly ledger: string; readonly budget: string };
  readonly domainName: string;
}

/** CPU milliseconds of rounds over all rows of an export. */
export interface Spent {
  readonly rows: number;
  readonly parse: number[];
  readonly changed: number[];
  readonly unchanged: number[];
  /** Of the first hundred rows of the process, in which nothing is warm yet. */
  readonly firstHundred: number;
  /** Most memory of the process, MiB. */
  readonly peakMib: number;
}
