import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { listRuns } from '../runs/list-runs.ts';
import { WORKERS_END_WITHIN_MS } from '../runs/stop-run.ts';
import { UserError } from '../user-error.ts';
import { type Erased, eraseHoldings, isOnlyOurs } from './erase.ts';
import { mappedKey } from './explanation.ts';
import { describeErasure, describePlan } from './forget-text.ts';
import { countExports, findHoldings, type HeldProfile, type Holdings, heldProfiles } from './holdings.ts';
import type { HeldEntry } from './ledger-entry.ts';

/** The service does not document how soon a search no longer finds what was deleted. */
const LOOKS = 5;
const BETWEEN_LOOKS_MS = 2_000;
/**
 * PutProfileObject is asynchronous: what it accepted may come into the profile afterwards. How long after the service does not
 * document; in general it is seconds.
 */
const TAKES_IN_MS = 60_000;

export interface ForgetOptions {
  /** Without it nothing is erased. */
  readonly yes: boolean;
  readonly wholeProfile: boolean;
}

/** What erasing a customer came to. */
export interface Erasure extends Omit<Erased, 'entry'> {
  readonly customerKey: string;
  readonly found: Holdings;
  /** Found again afterwards. */
  readonly left: Holdings;
  /** Profiles that others need, without the customer's objects; what these filled is still there. */
  readonly kept: readonly HeldProfile[];
  /** A run that started meanwhile: it may bring the customer back. */
  readonly runAtWork: string | undefined;
  /** A run that ended without success so lately that its workers may still send the customer; epoch milliseconds. */
  readonly lastWorkers: { readonly runId: string; readonly until: number } | undefined;
  /** Milliseconds since a call for this customer, if that is so short ago that the profile may come back. */
  readonly calledAgo: number | undefined;
}

/**
 * Erases a customer wherever this system can, looks again, and says what is left and what it can't reach. Called twice, it finds nothing
 * the second time.
 *
 * @throws UserError if a run is at work, since it may send the customer again.
 */
export async function forgetCustomer(
  stack: ConnectedStack,
  argument: string,
  { yes, wholeProfile }: ForgetOptions,
): Promise<CommandResult> {
  const mapping = stack.mapping();
  const customerKey = mappedKey(argument, mapping);
  const runAtWork = await findRunAtWork(stack);
  if (yes && runAtWork !== undefined) {
    throw new UserError(
      `Run ${runAtWork} is at work and may send this customer again; nothing was erased. Wait for its end (${stack.call(`watch ${runAtWork}`)}), and call again.`,
    );
  }
  stack.stream.write('Searching profiles, ledger, and the files of all runs …\n');
  const found = await findHoldings(stack, mapping, customerKey);
  const ofRunBucket = [...found.rejected, ...found.lateErrors];
  const hasVersions = ofRunBucket.some(({ versionId }) => versionId !== undefined);
  const beyond = { exports: await countExports(stack), hasVersions };
  if (!yes) {
    const calledAgo = sinceCall(found.entry, stack);
    const text = describePlan({ customerKey, found, wholeProfile, beyond, runAtWork, calledAgo }, stack);
    return { text, json: { customerKey, erased: false, found: asJson(found), exports: beyond.exports } };
  }

  stack.stream.write('Erasing …\n');
  const { entry, ...ofOthers } = await eraseHoldings(stack, mapping, customerKey, found, wholeProfile);
  const calledAgo = sinceCall(entry, stack);
  const kept = found.profiles.filter((profile) => !wholeProfile && !isOnlyOurs(profile));
  const left = await lookAgain(stack, mapping, customerKey, kept);
  const erasure: Erasure = {
    ...{ customerKey, found, left, kept, calledAgo, ...ofOthers },
    runAtWork: await findRunAtWork(stack),
    lastWorkers: await findLastWorkers(stack),
  };
  return {
    text: describeErasure(erasure, beyond, stack),
    json: {
      customerKey,
      erased: !isNothing(found),
      found: asJson(found),
      left: asJson(left),
      keptProfiles: kept,
      ...ofOthers,
      mayComeBack: calledAgo !== undefined || erasure.lastWorkers !== undefined,
      ...(erasure.runAtWork !== undefined && { runAtWork: erasure.runAtWork }),
      exports: beyond.exports,
    },
    failed: !isNothing(left) || kept.length > 0 || isOpen(erasure),
  };
}

/** Whether somebody has to look after it. */
function isOpen({ runAtWork, lastWorkers, calledAgo, stillKnown, untold }: Erasure): boolean {
  return [runAtWork, lastWorkers, calledAgo].some((one) => one !== undefined) || stillKnown.length + untold > 0;
}

function sinceCall(entry: HeldEntry | undefined, { clock }: ConnectedStack): number | undefined {
  const ago = clock.now() - (entry?.calledAt ?? Number.NEGATIVE_INFINITY);
  return ago < TAKES_IN_MS ? ago : undefined;
}

/** Whether all of it could be read, and nothing is there. */
function isNothing({ profiles, entry, rejected, lateErrors, unreadable, fetched }: Holdings): boolean {
  return (
    entry === undefined && [profiles, rejected, lateErrors, unreadable, fetched].every(({ length }) => length === 0)
  );
}

/** @param kept profiles that were to stay: others may have given them the same key. */
async function lookAgain(
  stack: ConnectedStack,
  mapping: Mapping,
  customerKey: string,
  kept: readonly HeldProfile[],
): Promise<Holdings> {
  const ids = new Set(kept.map(({ profileId }) => profileId));
  const isLeft = ({ profileId, objects }: HeldProfile) => objects.length > 0 || !ids.has(profileId);
  for (let looks = 1; looks < LOOKS; looks += 1) {
    if (!(await heldProfiles(stack, mapping, customerKey)).some(isLeft)) break;
    await stack.clock.sleep(BETWEEN_LOOKS_MS);
  }
  const left = await findHoldings(stack, mapping, customerKey);
  return { ...left, profiles: left.profiles.filter(isLeft) };
}

async function findRunAtWork({ clients, outputs }: ConnectedStack): Promise<string | undefined> {
  for await (const { runId } of listRuns(clients.sfn, outputs.StateMachineArn, 'RUNNING')) return runId;
  return undefined;
}

/** All are looked at: one that began long ago, or was redriven, may have ended just now. */
async function findLastWorkers({ clients, outputs, clock }: ConnectedStack): Promise<Erasure['lastWorkers']> {
  const since = clock.now() - WORKERS_END_WITHIN_MS;
  for (const status of ['ABORTED', 'FAILED', 'TIMED_OUT'] as const) {
    for await (const { runId, endedAt = 0 } of listRuns(clients.sfn, outputs.StateMachineArn, status)) {
      if (endedAt > since) return { runId, until: endedAt + WORKERS_END_WITHIN_MS };
    }
  }
  return undefined;
}

/** Counts and names of places; of customers only what tells profiles apart. */
function asJson({ profiles, entry, rejected, lateErrors, unreadable, fetched }: Holdings): object {
  return {
    profiles,
    ledgerEntry: entry !== undefined,
    rejected: rejected.map(({ file, ranges }) => ({ key: file.key, rows: ranges.length })),
    lateErrors: lateErrors.map(({ key }) => key),
    unreadable,
    fetched: fetched.map(({ path, ranges }) => ({ path, rows: ranges.length })),
  };
}
