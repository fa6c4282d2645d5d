import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { RESYNC_PREFIX } from '../../functions/shared/export/export-prefixes.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { countOtherObjects, type FoundProfile, findProfiles } from './found-profiles.ts';
import { type FetchedRows, findFetchedRows, findRows, type HeldRows } from './held-rows.ts';
import { lateErrorsAmong } from './late-errors.ts';
import { findEntry, type HeldEntry } from './ledger-entry.ts';
import { compareFields } from './profile-fields.ts';
import { addressOf, customerFiles } from './run-bucket.ts';

/** What is held of one customer, as far as it can be erased. */
export interface Holdings {
  readonly profiles: readonly HeldProfile[];
  readonly entry: HeldEntry | undefined;
  /** Files of the run bucket with rejected rows of the customer. */
  readonly rejected: readonly HeldRows[];
  /** Files of the run bucket: late errors of the customer. `versionId` is set if the bucket keeps versions. */
  readonly lateErrors: readonly { readonly key: string; readonly versionId: string | undefined }[];
  /** Rejected files that were fetched to this machine. */
  readonly fetched: readonly FetchedRows[];
  /** Addresses (`s3://…`) and paths of files that may hold rows of the customer: they are damaged, or nobody knows where the key stands. */
  readonly unreadable: readonly string[];
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
  /** Of those of the other customers whose objects show it. */
  readonly otherKeys: readonly string[];
}

export async function findHoldings(stack: ConnectedStack, mapping: Mapping, customerKey: string): Promise<Holdings> {
  const files = await customerFiles(stack);
  const late = files.filter(({ kind }) => kind === 'lateError');
  const rows = await findRows(
    stack,
    mapping,
    files.filter((file) => !late.includes(file)),
    customerKey,
  );
  const lateErrors = await lateErrorsAmong(stack, late, customerKey);
  const { fetched, unreadable } = await findFetchedRows(stack.runsFolder, mapping, customerKey);
  return {
    profiles: await heldProfiles(stack, mapping, customerKey),
    entry: await findEntry(stack, customerKey),
    rejected: rows.rejected,
    lateErrors: lateErrors.found,
    fetched,
    unreadable: [
      ...[...rows.unreadable, ...lateErrors.unreadable].map((file) => addressOf(stack, file)),
      ...unreadable,
    ],
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
      const others = objects.filter((object) => object.customerKey !== customerKey);
      return {
        profileId,
        objects: own.map(({ uniqueKey }) => uniqueKey),
        filled: own.flatMap((object) =>
          compareFields(fields, object.fields, [], mapping).flatMap((compared) =>
            compared.profile === compared.object ? [compared.field] : [],
          ),
        ),
        otherTypes: await countOtherObjects(stack, profileId),
        otherCustomers: others.length,
        otherKeys: others.flatMap((object) => object.customerKey ?? []),
      };
    }),
  );
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
