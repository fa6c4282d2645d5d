import { stat } from 'node:fs/promises';
import type { Clients } from '../connect/clients.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { type UploadTarget, uploadFile } from './upload-file.ts';
import { createUploadProgress } from './upload-progress.ts';

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

/**
 * Uploads an export as a user would, showing the progress.
 *
 * @throws UserError after Ctrl-C; nothing of the file is kept then.
 */
export async function uploadExport(
  stack: Pick<ConnectedStack, 'clock' | 'stream' | 'signal'> & { readonly clients: Pick<Clients, 's3'> },
  path: string,
  target: UploadTarget,
): Promise<FinishedUpload> {
  const { clients, clock, stream, signal } = stack;
  const { bucket, key } = target;
  const { size: bytes } = await stat(path);
  const startedAt = clock.now();
  stream.write(`Uploading ${path} …\n`);
  const progress = createUploadProgress({ stream, bytes, now: clock.now });
  try {
    const versionId = await uploadFile(clients.s3, path, target, { signal, onProgress: progress.show });
    return { bucket, key, versionId, startedAt, bytes, seconds: (clock.now() - startedAt) / 1_000 };
  } catch (error) {
    if (signal.aborted)
      throw new UserError('The upload was interrupted: nothing of the file is kept, and no run starts.');
    throw error;
  } finally {
    progress.end();
  }
}
