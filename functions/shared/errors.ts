/**
 * The named errors of connect-profile-sync.
 *
 * Step Functions matches `Retry` on an error's `name`, so each class sets it as a string literal: a bundler may rename
 * classes. A message carries counts, row numbers and codes, never customer data: it lands in the execution history, in
 * logs and in notices. A `cause` stays inside the process (see handler.ts).
 */
export abstract class ProfileSyncError extends Error {
  abstract override readonly name: string;
}

/** The export can't be read as the mapping says: says where, what is allowed and what to do. Never retried. */
export class InvalidExport extends ProfileSyncError {
  override readonly name = 'InvalidExport';
}

/** The export has more bytes or records than one pass of SplitExport can read. Never retried. */
export class ExportTooLarge extends ProfileSyncError {
  override readonly name = 'ExportTooLarge';
}

/** The version of the export that the run was split from is gone or was replaced. Never retried. */
export class ExportChanged extends ProfileSyncError {
  override readonly name = 'ExportChanged';
}

/** The deployed mapping is not the one that the run was split with. Never retried; start the export again. */
export class MappingChanged extends ProfileSyncError {
  override readonly name = 'MappingChanged';
}

/** Customer Profiles refused the caller (403): every row would fail. Never retried. */
export class ProfilesAccessDenied extends ProfileSyncError {
  override readonly name = 'ProfilesAccessDenied';
}

/** The domain or the object type does not exist (404): every row would fail. Never retried. */
export class ProfilesNotFound extends ProfileSyncError {
  override readonly name = 'ProfilesNotFound';
}

/** Rows are left over after throttling, a transient service error or a live claim. Retried with backoff. */
export class ItemsThrottled extends ProfileSyncError {
  override readonly name = 'ItemsThrottled';
}

/** No permit for 20 s: many exports share the rate. Retried with backoff. */
export class NoPermit extends ProfileSyncError {
  override readonly name = 'NoPermit';
}

/** The worker's time ran out after it had sent something; the ledger knows what. Retried at once. */
export class ChunkUnfinished extends ProfileSyncError {
  override readonly name = 'ChunkUnfinished';
}

/** The mapping file is wrong: one line per fault, each with the path of the fault. Raised at synth and by commands. */
export class InvalidMapping extends ProfileSyncError {
  override readonly name = 'InvalidMapping';
}

/** A setting (environment variable, context value, option) is missing or out of range. */
export class InvalidConfiguration extends ProfileSyncError {
  override readonly name = 'InvalidConfiguration';
}

/** Stands for an error that we did not write: its own message may quote customer data and never leaves the process. */
export class UnexpectedError extends ProfileSyncError {
  override readonly name = 'UnexpectedError';
}
