import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import { openObject } from '../connect/s3-object.ts';

export type RunFiles = RunSummary['files'];

/**
 * Fetches summary, report and rejected rows of a run into a folder that is the user's alone; returns where each now is,
 * undefined if the run bucket keeps them no longer.
 */
export async function fetchRunFiles(s3: S3Client, files: RunFiles, folder: string): Promise<RunFiles | undefined> {
  const fetched: Record<string, string> = {};
  for (const [name, address] of Object.entries(files)) {
    const { hostname: Bucket, pathname } = new URL(address);
    const path = await fetchFile(s3, { Bucket, Key: decodeURIComponent(pathname.slice(1)) }, folder);
    if (path === undefined) return undefined;
    fetched[name] = path;
  }
  return { ...files, ...fetched };
}

/** Fetches the report of a run alone, as one that failed has it; undefined if there is none. */
export async function fetchReport(
  s3: S3Client,
  { bucket, runId }: { readonly bucket: string; readonly runId: string },
  folder: string,
): Promise<string | undefined> {
  return fetchFile(s3, { Bucket: bucket, Key: runFiles.report(runId) }, folder);
}

async function fetchFile(
  s3: S3Client,
  from: { readonly Bucket: string; readonly Key: string },
  folder: string,
): Promise<string | undefined> {
  const object = await openObject(s3, from);
  if (!object) return undefined;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, basename(from.Key));
  await pipeline(object.bytes, createWriteStream(path, { mode: 0o600 }));
  return path;
}
