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
  const fetched: Record<string, string> = {};
  for (const [name, address] of Object.entries(files)) {
    const { hostname: Bucket, pathname } = new URL(address);
    const Key = decodeURIComponent(pathname.slice(1));
    const object = await openObject(s3, { Bucket, Key });
    if (!object) return undefined;
    fetched[name] = join(folder, basename(Key));
    await pipeline(object.bytes, createWriteStream(fetched[name], { mode: 0o600 }));
  }
  return { ...files, ...fetched };
}
