import {
  type CustomerProfilesClient,
  DeleteProfileCommand,
  DeleteProfileObjectCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-customer-profiles';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { cutFromFile, cutFromObject } from './cut-rows.ts';
import { type HeldRows, rowsReader } from './held-rows.ts';
import type { HeldProfile, Holdings } from './holdings.ts';
import { eraseEntry, type HeldEntry } from './ledger-entry.ts';

/** A file that somebody else writes at the same moment is read again. */
const MAX_TRIES = 3;

/** What erasing a customer did besides. */
export interface Erased {
  /** The ledger's entry as it was last seen. */
  readonly entry: HeldEntry | undefined;
  /** Keys of other customers whose profile objects were deleted with a profile: the ledger forgot them, so that the next run sends them again. */
  readonly sentAgain: readonly string[];
  /** Those of them that a worker was sending: the ledger still knows them. */
  readonly stillKnown: readonly string[];
  /** How many profile objects of other customers went, too, that do not show whose they are. */
  readonly untold: number;
}

/** Whether nobody else has put data into the profile, so that all of it may go. */
export function isOnlyOurs({ otherTypes, otherCustomers }: HeldProfile): boolean {
  return Object.keys(otherTypes).length === 0 && otherCustomers === 0;
}

/**
 * Erases what was found of a customer. The ledger's entry goes last: while it is there, no run takes the customer for new.
 *
 * @param wholeProfile deletes profiles also if others have put data into them.
 */
export async function eraseHoldings(
  stack: ConnectedStack,
  mapping: Mapping,
  customerKey: string,
  holdings: Holdings,
  wholeProfile: boolean,
): Promise<Erased> {
  const { clients, outputs } = stack;
  const stillKnown: string[] = [];
  for (const profile of holdings.profiles) {
    if (wholeProfile || isOnlyOurs(profile)) stillKnown.push(...(await eraseProfile(stack, profile)));
    else await eraseObjects(stack, profile);
  }
  for (const { key: Key } of holdings.lateErrors) {
    await clients.s3.send(new DeleteObjectCommand({ Bucket: outputs.RunBucketName, Key }));
  }
  for (const rows of holdings.rejected) await eraseRows(stack, mapping, customerKey, rows);
  for (const { path, ranges } of holdings.fetched) await cutFromFile(path, ranges);
  const merged = wholeProfile ? holdings.profiles : [];
  const others = merged.flatMap(({ otherKeys }) => otherKeys);
  return {
    entry: (await eraseEntry(stack, customerKey)) ?? holdings.entry,
    sentAgain: others.filter((key) => !stillKnown.includes(key)),
    stillKnown,
    untold: merged.reduce((sum, { otherCustomers }) => sum + otherCustomers, 0) - others.length,
  };
}

/**
 * A profile whose objects are deleted one by one is not found by its key any more, so a whole one goes in one call.
 *
 * @returns keys of other customers in it whom the ledger still knows, since a worker is sending them.
 */
async function eraseProfile(
  stack: ConnectedStack,
  { profileId: ProfileId, otherKeys }: HeldProfile,
): Promise<readonly string[]> {
  const { clients, outputs } = stack;
  // Before, since after a call that breaks off here nobody would find these customers again; and after, since what was sent
  // meanwhile may have gone with the profile.
  await eraseEntries(stack, otherKeys);
  await unlessGone(clients.profiles, new DeleteProfileCommand({ DomainName: outputs.DomainName, ProfileId }));
  return eraseEntries(stack, otherKeys);
}

/** @returns keys of those that a worker is sending: their entries stay. */
async function eraseEntries(stack: ConnectedStack, customerKeys: readonly string[]): Promise<readonly string[]> {
  const stay: string[] = [];
  for (const key of customerKeys) if ((await eraseEntry(stack, key))?.sendingUntil !== undefined) stay.push(key);
  return stay;
}

/** Only what this system put into a profile. */
async function eraseObjects(
  { clients: { profiles }, outputs }: ConnectedStack,
  { profileId: ProfileId, objects }: HeldProfile,
): Promise<void> {
  const { DomainName, ObjectTypeName } = outputs;
  for (const ProfileObjectUniqueKey of objects) {
    const input = { DomainName, ObjectTypeName, ProfileId, ProfileObjectUniqueKey };
    await unlessGone(profiles, new DeleteProfileObjectCommand(input));
  }
}

async function unlessGone(
  profiles: CustomerProfilesClient,
  command: DeleteProfileCommand | DeleteProfileObjectCommand,
): Promise<void> {
  try {
    await (command instanceof DeleteProfileCommand ? profiles.send(command) : profiles.send(command));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

async function eraseRows(stack: ConnectedStack, mapping: Mapping, customerKey: string, found: HeldRows): Promise<void> {
  const read = rowsReader(stack, mapping, customerKey);
  let rows: HeldRows | 'unreadable' | undefined = found;
  for (let tried = 0; tried < MAX_TRIES && typeof rows === 'object'; tried += 1) {
    const { file, etag, ranges } = rows;
    if (await cutFromObject(stack, { key: file.key, etag }, ranges)) return;
    rows = await read(file);
  }
}
