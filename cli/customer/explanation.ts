import { paginateListExecutions } from '@aws-sdk/client-sfn';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { UserError } from '../user-error.ts';
import { type FoundProfile, findProfiles } from './found-profiles.ts';
import { lateErrorFiles, lateErrorsAmong } from './late-errors.ts';
import { type LedgerView, openLedger, viewOf } from './ledger-view.ts';
import { compareFields, type ProfileField } from './profile-fields.ts';
import { rejectedFiles, rejectedReader } from './run-bucket.ts';
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
  const lateErrors = await lateErrorsOf(stack, customerKey, [sentBy, ledger?.refusal?.runId || undefined, undefined]);
  const profiles = await findProfiles(stack, mapping, customerKey);
  return {
    customerKey,
    ...(ledger && { ledger }),
    ...(sentBy !== undefined && { origin: await originOf(stack, sentBy) }),
    rejected: await rejectedRows(stack, mapping, customerKey, lastRuns),
    runsSearched: lastRuns.length,
    lateErrors,
    profiles: profiles.map((profile) => profileView(profile, customerKey, ledger?.known?.kept ?? [], mapping)),
  };
}

interface StartedRun {
  readonly runId: string;
  readonly startedAt: string;
}

async function newestRuns({ clients, outputs }: ConnectedStack, limit: number): Promise<readonly StartedRun[]> {
  const found: StartedRun[] = [];
  const { StateMachineArn: stateMachineArn } = outputs;
  for await (const { executions = [] } of paginateListExecutions({ client: clients.sfn }, { stateMachineArn })) {
    for (const { name = '', startDate } of executions) {
      found.push({ runId: name, startedAt: (startDate ?? new Date(0)).toISOString() });
    }
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

async function rejectedRows(
  stack: ConnectedStack,
  mapping: Mapping,
  customerKey: string,
  runs: readonly StartedRun[],
): Promise<readonly RejectedRow[]> {
  const open = rejectedReader(stack, mapping);
  const found: RejectedRow[] = [];
  for (const { runId, startedAt } of runs) {
    // A chunk that was tried again may have left two files.
    const rows = new Map<number, RejectedRow>();
    for (const file of await rejectedFiles(stack, runId)) {
      const opened = await open(file);
      if (typeof opened === 'string') continue;
      for await (const { row, code, reason, isOf } of opened.records) {
        if (isOf(customerKey)) rows.set(row, { runId, startedAt, row, code, reason });
      }
    }
    found.push(...rows.values());
  }
  return found;
}

async function lateErrorsOf(
  stack: ConnectedStack,
  customerKey: string,
  runIds: readonly (string | undefined)[],
): Promise<readonly LateErrorView[]> {
  const found: LateErrorView[] = [];
  for (const runId of new Set(runIds)) {
    const errors = await lateErrorsAmong(stack, await lateErrorFiles(stack, runId), customerKey);
    for (const { key, sentAt, reason, attempt, givenUp } of errors) {
      const file = `s3://${stack.outputs.RunBucketName}/${key}`;
      found.push({ sentAt, reason, ...(attempt !== undefined && { attempt }), givenUp, file });
    }
  }
  return found.toSorted((a, b) => (a.sentAt < b.sentAt ? 1 : -1));
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
