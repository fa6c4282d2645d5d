import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../functions/shared/contracts.ts';

export type RunFiles = RunSummary['files'];

/** Fetches summary, report and rejected rows of a run into a folder; returns where each now is. */
export async function fetchRunFiles(s3: S3Client, files: RunFiles, folder: string): Promise<RunFiles> {
  await mkdir(folder, { recursive: true });
  const fetched = await Promise.all(
    Object.entries(files).map(async ([name, address]) => {
      const { hostname: Bucket, pathname } = new URL(address);
      const Key = decodeURIComponent(pathname.slice(1));
      const path = join(folder, basename(Key));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      await pipeline(Body as Readable, createWriteStream(path));
      return [name, path] as const;
    }),
  );
  return { ...files, ...Object.fromEntries(fetched) };
}
