import { InvalidExport } from '../../functions/shared/errors.ts';
import { RESUBMIT_FOLDER, TEST_ROW_FOLDER } from '../../functions/shared/export/upload-folders.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { AS_OF, exportTimeOf } from '../../functions/split-export/export-time.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';

/** Bytes of a key in UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, read 2026-11. */
const MAX_KEY_BYTES = 1024;
/** The rule on the export bucket starts no run here: a resync is started by hand. */
const RESYNC_PREFIX = 'resync/';

/** Where a file goes, and with what. */
export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HowToUpload {
  /** ISO 8601 with an offset; undefined: the time in the key by the mapping, else that of the upload. */
  readonly asOf?: string | undefined;
  /** Its run is started by hand, and sends every row. */
  readonly resync?: boolean;
}

/**
 * Where an export goes, and when its data was taken as far as the user says it.
 *
 * @param name below the prefix of exports; may hold folders.
 * @throws UserError if the name is none for an export.
 */
export function exportTarget(
  stack: Pick<ConnectedStack, 'outputs' | 'call'>,
  name: string,
  how: HowToUpload,
): UploadTarget {
  const { call } = stack;
  if (name.startsWith(RESUBMIT_FOLDER)) {
    throw new UserError(
      `Below ${RESUBMIT_FOLDER} are corrected rejected files. Upload one with ${call('resubmit FILE --of RUN')}, or give another name.`,
    );
  }
  if (name.startsWith(TEST_ROW_FOLDER)) {
    throw new UserError(
      `Below ${TEST_ROW_FOLDER} are single rows that were sent to try a mapping. Send one with ${call('test-row FILE --row N --send')}, or give another name.`,
    );
  }
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new UserError(
      `${name} is no name for an export. Give one such as customers.csv or crm/2026-11-21/customers.csv.`,
    );
  }
  return uploadTarget(stack, name, how);
}

/**
 * As `exportTarget`, also for what is no export of its own.
 *
 * @throws UserError if S3 takes no such key.
 */
export function uploadTarget(
  { outputs }: Pick<ConnectedStack, 'outputs'>,
  name: string,
  { asOf, resync = false }: HowToUpload,
): UploadTarget {
  const key = `${resync ? RESYNC_PREFIX : outputs.ExportPrefix}${name}`;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new UserError(`The key ${key} has more than ${MAX_KEY_BYTES} bytes, which S3 allows. Give a shorter name.`);
  }
  return { bucket: outputs.ExportBucketName, key, metadata: asOf === undefined ? {} : { [AS_OF]: asOf } };
}

/**
 * Finds what would make the run fail at once.
 *
 * @throws UserError if the export time is unreadable, or over a day in the future.
 */
export function checkExportTime({ key, metadata }: UploadTarget, { definition }: Mapping, now: number): void {
  try {
    exportTimeOf({ object: { key }, metadata, lastModified: new Date(now) }, definition, now);
  } catch (error) {
    if (error instanceof InvalidExport) throw new UserError(error.message);
    throw error;
  }
}
