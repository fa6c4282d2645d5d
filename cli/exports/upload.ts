import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Upload } from '@aws-sdk/lib-storage';
import type { Clients } from '../connect/clients.ts';
import { UserError } from '../user-error.ts';

/** The suffixes that the rule on the export bucket starts a run for. */
const EXPORT_SUFFIXES = ['.csv', '.jsonl', '.ndjson'];

export interface UploadedExport {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Epoch milliseconds when the upload began, by this machine's clock. */
  readonly startedAt: number;
}

/** @throws UserError if the path is not a file, or its name would start no run. */
export async function checkExportFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`There is no file ${path}. Give the path of a CSV or JSON Lines export.`);
  if (!found.isFile()) throw new UserError(`${path} is not a file. Give the path of a CSV or JSON Lines export.`);
  if (!EXPORT_SUFFIXES.includes(extname(path))) {
    throw new UserError(
      `The name of ${path} ends in "${extname(path)}"; a run starts for names that end in ${EXPORT_SUFFIXES.join(', ')}. Rename the file.`,
    );
  }
}

/** Uploads an export as a user would: into the bucket and under the prefix that start a run. */
export async function uploadExport(
  { s3 }: Clients,
  path: string,
  target: { readonly bucket: string; readonly prefix: string },
): Promise<UploadedExport> {
  const startedAt = Date.now();
  const key = `${target.prefix}${basename(path)}`;
  const upload = new Upload({ client: s3, params: { Bucket: target.bucket, Key: key, Body: createReadStream(path) } });
  const { VersionId } = await upload.done();
  return { bucket: target.bucket, key, versionId: VersionId, startedAt };
}
