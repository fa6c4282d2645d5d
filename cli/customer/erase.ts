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
import { type HeldProfile, type HeldRows, type Holdings, rowsReader } from './holdings.ts';
import { eraseEntry } from './ledger-entry.ts';

/** A file that somebody else writes at the same moment is read again. */
const MAX_TRIES = 3;

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
): Promise<void> {
  const { clients, outputs } = stack;
  for (const profile of holdings.profiles) await eraseProfile(stack, profile, wholeProfile || isOnlyOurs(profile));
  for (const Key of holdings.lateErrors) {
    await clients.s3.send(new DeleteObjectCommand({ Bucket: outputs.RunBucketName, Key }));
  }
  for (const rows of holdings.rejected) await eraseRows(stack, mapping, customerKey, rows);
  for (const { path, ranges } of holdings.fetched) await cutFromFile(path, ranges);
  await eraseEntry(stack, customerKey);
}

/** A profile whose objects are deleted one by one is not found by its key any more, so a whole one goes in one call. */
async function eraseProfile(
  { clients: { profiles }, outputs }: ConnectedStack,
  { profileId: ProfileId, objects }: HeldProfile,
  isWhole: boolean,
): Promise<void> {
  const { DomainName, ObjectTypeName } = outputs;
  if (isWhole) return unlessGone(profiles, new DeleteProfileCommand({ DomainName, ProfileId }));
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
