import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { openObject } from '../connect/s3-object.ts';

export type RunFiles = RunSummary['files'];

/**
 * Fetches summary, report and rejected rows of a run into a folder that is the user's alone; returns where each now is,
 * undefined if the run bucket keeps them no longer.
 */
export async function fetchRunFiles(s3: S3Client, files: RunFiles, folder: string): Promise<RunFiles | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fetched = await Promise.all(
    Object.entries(files).map(async ([name, address]) => {
      const path = await fetchFile(s3, address, folder);
      return path === undefined ? undefined : ([name, path] as const);
    }),
  );
  const found = fetched.filter((file) => file !== undefined);
  return found.length < fetched.length ? undefined : { ...files, ...Object.fromEntries(found) };
}

/** @returns its path; undefined if it is not there. */
async function fetchFile(s3: S3Client, address: string, folder: string): Promise<string | undefined> {
  const { hostname: Bucket, pathname } = new URL(address);
  const Key = decodeURIComponent(pathname.slice(1));
  const object = await openObject(s3, { Bucket, Key });
  if (!object) return undefined;
  const path = join(folder, basename(Key));
  await pipeline(object.bytes, createWriteStream(path, { mode: 0o600 }));
  return path;
}
