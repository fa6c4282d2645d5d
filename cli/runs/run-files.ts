import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../functions/shared/contracts.ts';

export type RunFiles = RunSummary['files'];

/**
 * Fetches summary, report and rejected rows of a run into a folder that is the user's alone; returns where each now is,
 * undefined if the run bucket keeps them no longer.
 */
export function fetchRunFiles(s3: S3Client, files: RunFiles, folder: string): Promise<RunFiles | undefined> {
  return ifThere(fetchAll(s3, files, folder));
}

async function fetchAll(s3: S3Client, files: RunFiles, folder: string): Promise<RunFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fetched = await Promise.all(
    Object.entries(files).map(async ([name, address]) => {
      const { hostname: Bucket, pathname } = new URL(address);
      const Key = decodeURIComponent(pathname.slice(1));
      const path = join(folder, basename(Key));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      await pipeline(Body as Readable, createWriteStream(path, { mode: 0o600 }));
      return [name, path] as const;
    }),
  );
  return { ...files, ...Object.fromEntries(fetched) };
}

/** Undefined if the object is not there. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
