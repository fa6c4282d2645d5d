import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from '../connect/ledger.ts';
import { UnreadableFile } from '../rejected/rejected-lines.ts';
import { listRuns } from '../runs/list-runs.ts';
import { UserError } from '../user-error.ts';
import { type FoundProfile, findProfiles } from './found-profiles.ts';
import { lateErrorFiles, lateErrorsAmong } from './late-errors.ts';
import { type LedgerView, viewOf } from './ledger-view.ts';
import { compareFields, type ProfileField } from './profile-fields.ts';
import { addressOf, type CustomerFile, rejectedFiles, rejectedReader } from './run-bucket.ts';
import { type Origin, originOf } from './run-origin.ts';

/** All that is known of one customer. Times are ISO 8601; what is missing is left out. */
export interface Explanation {
  readonly customerKey: string;
  readonly ledger?: LedgerView;
  /** What sent the content that was accepted last. */
  readonly origin?: Origin;
  /** Newest run first. */
  readonly rejected: readonly RejectedRow[];
  /** How many runs were searched for rejected rows. */
  readonly runsSearched: number;
  readonly lateErrors: readonly LateErrorView[];
  /** Addresses of files that may hold more: they are damaged, or nobody knows where the key stands. */
  readonly unreadable: readonly string[];
  readonly profiles: readonly ProfileView[];
}

export interface RejectedRow {
  readonly runId: string;
  readonly startedAt: string;
  readonly row: number;
  readonly code: string;
  readonly reason: string;
}

export interface LateErrorView {
  readonly sentAt: string;
  readonly reason: string;
  readonly attempt?: number;
  readonly givenUp: boolean;
  readonly file: string;
}

export interface ProfileView {
  readonly profileId: string;
  /** Names of the mapping's fields that the customer's object fills; undefined if the profile holds no object of the customer. */
  readonly filled?: readonly string[];
  /** Profile objects of other customers of this system, which are there if profiles were merged. */
  readonly otherCustomers: number;
  readonly fields: readonly ProfileField[];
}

/**
 * The customer key of an argument, as it is mapped.
 *
 * @throws UserError if it is empty.
 */
export function mappedKey(argument: string, mapping: Mapping): string {
  const customerKey = mapping.customerKey(argument);
  if (customerKey !== undefined) return customerKey;
  const { field } = mapping.definition.customerKey;
  throw new UserError(`The customer key is empty. Give the value that the field ${field} of the customer has.`);
}

/** @param runs how many of the last runs are searched for rejected rows. */
export async function readExplanation(stack: ConnectedStack, customerKey: string, runs: number): Promise<Explanation> {
  const mapping = stack.mapping();
  const { entry } = await openLedger(stack).readOne(customerKey);
  const ledger = entry && viewOf(entry, stack.clock.now());
  const sentBy = ledger?.known?.runId;
  const lastRuns = await newestRuns(stack, runs);
  const rejected = await rejectedRows(stack, mapping, customerKey, lastRuns);
  const late = await lateErrorsOf(stack, customerKey, [sentBy, ledger?.refusal?.runId || undefined, undefined]);
  const profiles = await findProfiles(stack, mapping, customerKey);
  return {
    customerKey,
    ...(ledger && { ledger }),
    ...(sentBy !== undefined && { origin: await originOf(stack, sentBy) }),
    rejected: rejected.rows,
    runsSearched: lastRuns.length,
    lateErrors: late.errors,
    unreadable: [...rejected.unreadable, ...late.unreadable].map((file) => addressOf(stack, file)),
    profiles: profiles.map((profile) => profileView(profile, customerKey, ledger?.known?.kept ?? [], mapping)),
  };
}

interface StartedRun {
  readonly runId: string;
  readonly startedAt: string;
}

async function newestRuns({ clients, outputs }: ConnectedStack, limit: number): Promise<readonly StartedRun[]> {
  const found: StartedRun[] = [];
  for await (const { runId, startedAt } of listRuns(clients.sfn, outputs.StateMachineArn)) {
    found.push({ runId, startedAt: new Date(startedAt).toISOString() });
    if (found.length === limit) break;
  }
  return found;
}

async function rejectedRows(
  stack: ConnectedStack,
  mapping: Mapping,
  customerKey: string,
  runs: readonly StartedRun[],
): Promise<{ readonly rows: readonly RejectedRow[]; readonly unreadable: readonly CustomerFile[] }> {
  const open = rejectedReader(stack, mapping);
  const found: RejectedRow[] = [];
  const unreadable = new Set<CustomerFile>();
  for (const { runId, startedAt } of runs) {
    // A chunk that was tried again may have left two files.
    const rows = new Map<number, RejectedRow>();
    for (const file of await rejectedFiles(stack, runId)) {
      try {
        for await (const line of (await open(file))?.lines ?? []) {
          const { row, code, reason } = line;
          const isOf = line.isOf(customerKey);
          if (isOf === undefined) unreadable.add(file);
          if (isOf) rows.set(Number(row), { runId, startedAt, row: Number(row), code, reason });
        }
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        unreadable.add(file);
      }
    }
    found.push(...rows.values());
  }
  return { rows: found, unreadable: [...unreadable] };
}

async function lateErrorsOf(
  stack: ConnectedStack,
  customerKey: string,
  runIds: readonly (string | undefined)[],
): Promise<{ readonly errors: readonly LateErrorView[]; readonly unreadable: readonly CustomerFile[] }> {
  const found: LateErrorView[] = [];
  const unreadable: CustomerFile[] = [];
  for (const runId of new Set(runIds)) {
    const errors = await lateErrorsAmong(stack, await lateErrorFiles(stack, runId), customerKey);
    unreadable.push(...errors.unreadable);
    for (const { key, sentAt, reason, attempt, givenUp } of errors.found) {
      const file = addressOf(stack, { key });
      found.push({ sentAt, reason, ...(attempt !== undefined && { attempt }), givenUp, file });
    }
  }
  return { errors: found.toSorted((a, b) => (a.sentAt < b.sentAt ? 1 : -1)), unreadable };
}

function profileView(
  { profileId, fields, objects }: FoundProfile,
  customerKey: string,
  kept: readonly string[],
  mapping: Mapping,
): ProfileView {
  const own = objects.find((object) => object.customerKey === customerKey);
  return {
    profileId,
    ...(own && {
      filled: Object.entries(own.fields).flatMap(([name, value]) => (value === '' ? [] : [name])),
    }),
    otherCustomers: objects.filter((object) => object.customerKey !== customerKey).length,
    fields: compareFields(fields, own?.fields, kept, mapping),
  };
}
