import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type ByteRange, rangesOf } from './cut-rows.ts';
import { countOtherObjects, type FoundProfile, findProfiles } from './found-profiles.ts';
import { lateErrorsAmong } from './late-errors.ts';
import { findEntry, type HeldEntry } from './ledger-entry.ts';
import { compareFields } from './profile-fields.ts';
import { readRejected } from './rejected-records.ts';
import { type CustomerFile, customerFiles, rejectedReader } from './run-bucket.ts';

/** Where exports are that are sent by hand. */
const RESYNC_PREFIX = 'resync/';

/** What is held of one customer, as far as it can be erased. */
export interface Holdings {
  readonly profiles: readonly HeldProfile[];
  readonly entry: HeldEntry | undefined;
  /** Files of the run bucket with rejected rows of the customer. */
  readonly rejected: readonly HeldRows[];
  /** Keys of files of the run bucket: late errors of the customer. */
  readonly lateErrors: readonly string[];
  /** Keys of rejected files of which nobody knows where the customer key stands. */
  readonly unreadable: readonly string[];
  /** Rejected files that were fetched to this machine. */
  readonly fetched: readonly { readonly path: string; readonly ranges: readonly ByteRange[] }[];
}

export interface HeldProfile {
  readonly profileId: string;
  /** Unique keys of the customer's profile objects of this system. */
  readonly objects: readonly string[];
  /** Fields of the standard profile that hold what these say. */
  readonly filled: readonly string[];
  /** How many profile objects it has of other types, and of other customers: then others need the profile, too. */
  readonly otherTypes: Readonly<Record<string, number>>;
  readonly otherCustomers: number;
}

export interface HeldRows {
  readonly file: CustomerFile;
  readonly etag: string;
  readonly ranges: readonly ByteRange[];
  /** The bucket keeps versions: the older ones of the file keep the rows. */
  readonly hasVersions: boolean;
}

export async function findHoldings(stack: ConnectedStack, mapping: Mapping, customerKey: string): Promise<Holdings> {
  const files = await customerFiles(stack);
  const ofLateErrors = files.filter(({ kind }) => kind === 'lateError');
  const ofRejected = files.filter(({ kind }) => kind !== 'lateError');
  return {
    profiles: await heldProfiles(stack, mapping, customerKey),
    entry: await findEntry(stack, customerKey),
    ...(await heldRows(stack, mapping, ofRejected, customerKey)),
    lateErrors: (await lateErrorsAmong(stack, ofLateErrors, customerKey)).map(({ key }) => key),
    fetched: await fetchedRows(stack.runsFolder, mapping, customerKey),
  };
}

export async function heldProfiles(
  stack: ConnectedStack,
  mapping: Mapping,
  customerKey: string,
): Promise<readonly HeldProfile[]> {
  const profiles = await findProfiles(stack, mapping, customerKey);
  return Promise.all(
    profiles.map(async ({ profileId, fields, objects }: FoundProfile) => {
      const own = objects.filter((object) => object.customerKey === customerKey);
      return {
        profileId,
        objects: own.map(({ uniqueKey }) => uniqueKey),
        filled: own.flatMap((object) =>
          compareFields(fields, object.fields, [], mapping).flatMap((compared) =>
            compared.profile === compared.object ? [compared.field] : [],
          ),
        ),
        otherTypes: await countOtherObjects(stack, profileId),
        otherCustomers: objects.length - own.length,
      };
    }),
  );
}

async function heldRows(
  stack: ConnectedStack,
  mapping: Mapping,
  files: readonly CustomerFile[],
  customerKey: string,
): Promise<Pick<Holdings, 'rejected' | 'unreadable'>> {
  const read = rowsReader(stack, mapping, customerKey);
  const rejected: HeldRows[] = [];
  const unreadable: string[] = [];
  for (const file of files) {
    const rows = await read(file);
    if (rows === 'unreadable') unreadable.push(file.key);
    else if (rows) rejected.push(rows);
  }
  return { rejected, unreadable };
}

/** Finds the rows of a customer in rejected files; undefined if a file has none. */
export function rowsReader(stack: ConnectedStack, mapping: Mapping, customerKey: string) {
  const open = rejectedReader(stack, mapping);
  return async (file: CustomerFile): Promise<HeldRows | 'unreadable' | undefined> => {
    const opened = await open(file);
    if (opened === 'unreadable') return opened;
    if (opened === 'gone') return undefined;
    const ranges = await rangesOf(opened.records, customerKey);
    const { etag, versionId } = opened.object;
    return ranges.length > 0 ? { file, etag, ranges, hasVersions: versionId !== undefined } : undefined;
  };
}

async function fetchedRows(runsFolder: string, mapping: Mapping, customerKey: string): Promise<Holdings['fetched']> {
  const found: { path: string; ranges: readonly ByteRange[] }[] = [];
  for await (const name of glob('*/rejected.{csv,jsonl}', { cwd: runsFolder })) {
    const path = join(runsFolder, name);
    const layout = name.endsWith('.csv')
      ? ({ type: 'csv', keyAt: 'in the header line' } as const)
      : ({ type: 'jsonl' } as const);
    const ranges = await rangesOf(readRejected(createReadStream(path), layout, mapping), customerKey);
    if (ranges.length > 0) found.push({ path, ranges });
  }
  return found;
}

/** How many exports there are, their older versions included: they hold every customer of their time. */
export async function countExports({ clients: { s3 }, outputs }: ConnectedStack): Promise<number> {
  let count = 0;
  for (const Prefix of [outputs.ExportPrefix, RESYNC_PREFIX]) {
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page ?? {};
      const input = { Bucket: outputs.ExportBucketName, Prefix, KeyMarker, VersionIdMarker };
      page = await s3.send(new ListObjectVersionsCommand(input));
      count += page.Versions?.length ?? 0;
    } while (page.IsTruncated);
  }
  return count;
}
