import { InvalidExport } from '../../functions/shared/errors.ts';
import { RESUBMIT_FOLDER, TEST_ROW_FOLDER } from '../../functions/shared/export/upload-folders.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { AS_OF, exportTimeOf } from '../../functions/split-export/export-time.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import type { UploadTarget } from './upload-file.ts';

/** Bytes of a key in UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, read 2026-11. */
const MAX_KEY_BYTES = 1024;

type Stack = Pick<ConnectedStack, 'outputs' | 'clock' | 'call'>;

/**
 * Where an export goes, and when its data was taken as far as the user says it.
 *
 * @param name below the prefix of exports; may hold folders.
 * @param asOf ISO 8601 with an offset; undefined: the time in the key by the mapping, else that of the upload.
 * @throws UserError if the name is none for an export, or its export time is unreadable or in the future.
 */
export function exportTarget(stack: Stack, mapping: Mapping, name: string, asOf: string | undefined): UploadTarget {
  const key = `${stack.outputs.ExportPrefix}${name}`;
  if (name.startsWith(RESUBMIT_FOLDER)) {
    throw new UserError(
      `Below ${RESUBMIT_FOLDER} are corrected rejected files. Upload one with ${stack.call('resubmit FILE --of RUN')}, or give another name.`,
    );
  }
  if (name.startsWith(TEST_ROW_FOLDER)) {
    throw new UserError(
      `Below ${TEST_ROW_FOLDER} are single rows that were sent to try a mapping. Send one with ${stack.call('test-row FILE --row N --send')}, or give another name.`,
    );
  }
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new UserError(
      `${name} is no name for an export. Give one such as customers.csv or crm/2026-11-21/customers.csv.`,
    );
  }
  return checkedTarget(stack, mapping, key, asOf);
}

/** @throws UserError as `exportTarget`. */
export function checkedTarget(stack: Stack, mapping: Mapping, key: string, asOf: string | undefined): UploadTarget {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new UserError(`The key ${key} has more than ${MAX_KEY_BYTES} bytes, which S3 allows. Give a shorter name.`);
  }
  const metadata: Record<string, string> = asOf === undefined ? {} : { [AS_OF]: asOf };
  const now = stack.clock.now();
  try {
    exportTimeOf({ object: { key }, metadata, lastModified: new Date(now) }, mapping.definition, now);
  } catch (error) {
    if (error instanceof InvalidExport) throw new UserError(error.message);
    throw error;
  }
  return { bucket: stack.outputs.ExportBucketName, key, metadata };
}
