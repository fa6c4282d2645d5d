import { stat } from 'node:fs/promises';
import { isTransient } from '../../functions/shared/transient.ts';
import type { Clients } from '../connect/clients.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { putContent, uploadFile } from './upload-file.ts';
import { createUploadProgress } from './upload-progress.ts';
import type { UploadTarget } from './upload-target.ts';

export interface UploadedExport {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Epoch milliseconds when the upload began, by this machine's clock. */
  readonly startedAt: number;
}

export interface FinishedUpload extends UploadedExport {
  readonly bytes: number;
  readonly seconds: number;
}

type Stack = Pick<ConnectedStack, 'clock' | 'stream' | 'signal' | 'call'> & { readonly clients: Pick<Clients, 's3'> };

/**
 * Uploads an export as a user would, showing the progress.
 *
 * @throws UserError after Ctrl-C: it says whether there may be an object all the same.
 */
export async function uploadExport(stack: Stack, path: string, target: UploadTarget): Promise<FinishedUpload> {
  const { clients, clock, stream, signal, call } = stack;
  const { bucket, key } = target;
  const { size: bytes } = await stat(path);
  const startedAt = clock.now();
  stream.write(`Uploading ${path} …\n`);
  const progress = createUploadProgress({ stream, bytes, now: clock.now });
  let isLastCall = false;
  const onLastCall = () => {
    isLastCall = true;
  };
  try {
    const versionId = await uploadFile(clients.s3, path, target, { signal, onProgress: progress.show, onLastCall });
    return { bucket, key, versionId, startedAt, bytes, seconds: (clock.now() - startedAt) / 1_000 };
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!isLastCall) throw new UserError('The upload was interrupted: no object was made, and no run starts.');
    // Any other is the answer of S3, which made no object.
    if (!isTransient(error)) throw error;
    throw new UserError(
      `The upload was interrupted, and the last answer of S3 was lost: the object may be there, and its run may start. ${call('runs')} shows it within minutes.`,
    );
  } finally {
    progress.end();
  }
}

/** Uploads an export that is in memory. */
export async function uploadContent(
  { clients, clock }: Pick<Stack, 'clients' | 'clock'>,
  content: Uint8Array,
  target: UploadTarget,
): Promise<UploadedExport> {
  const startedAt = clock.now();
  const { bucket, key } = target;
  return { bucket, key, versionId: await putContent(clients.s3, content, target), startedAt };
}
