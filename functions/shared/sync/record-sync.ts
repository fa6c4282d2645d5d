import type { Clock } from '../clock.ts';
import { type FullExports, isGuardedByFullExports, isOutdated } from '../ledger/full-exports.ts';
import { ABSENT, type Ledger } from '../ledger/ledger.ts';
import { SPACING_MS } from '../ledger/spacing.ts';
import { clearedFields } from '../mapping/cleared-fields.ts';
import type { Mapping } from '../mapping/types.ts';
import { timeIsOver } from '../rate-budget/permit-queue.ts';
import type { RateBudget } from '../rate-budget/rate-budget.ts';
import type { Rejection } from '../rejection.ts';
import { isTransient } from '../transient.ts';
import type { Calls, CallTurn } from './calls.ts';
import type { Claims } from './claims.ts';
import { type ClearingOptions, createClearing } from './clearing.ts';
import { coalesced } from './coalesced.ts';
import { createDeleting, type DeletingOptions } from './deleting.ts';
import { type LeftOverReason, type Outcome, POISONED, type RecordToSync, STALE } from './outcome.ts';
import { filledFields, type HeldClaim, type Pending, waitedForClaim } from './pending.ts';
import { createPool } from './pool.ts';
import { preparer, type Unread } from './prepare.ts';
import { createSending } from './sending.ts';
import type { Turns } from './turns.ts';
import { type CallKind, judge } from './verdict.ts';

/** Milliseconds that the second pass waits for locks to end: about one call, or the spacing after one. */
const WORTH_WAITING_MS = SPACING_MS + 500;

export interface RecordSyncOptions {
  readonly mapping: Mapping;
  readonly ledger: Ledger;
  readonly claims: Claims;
  readonly budget: RateBudget;
  readonly turns: Turns;
  readonly fullExports: FullExports;
  readonly clock: Clock;
  /** Of records that do not name their own. */
  readonly runId: string;
  readonly resync: boolean;
  /** For live events: an unchanged record is noted with its version, whatever the exports hold. */
  readonly unchangedAlwaysMoves?: boolean;
  readonly maxCallsInFlight: number;
  /** Epoch milliseconds after which no call may start. */
  readonly until: number;
  /** True for a row on which the service failed too often while it accepted others. */
  readonly isPoison: (row: number) => boolean;
  /**
   * True for a row that must not share a call with others: the service failed on some of them together.
   * @default - no row.
   */
  readonly isAlone?: (row: number) => boolean;
  readonly onOutcome: (record: RecordToSync, outcome: Outcome) => void;
  /** @default - the mapping clears no field. */
  readonly clearing?: ClearingOptions | undefined;
  /** @default - the mapping deletes nothing, or `refuseDeletes` is given. */
  readonly deleting?: DeletingOptions | undefined;
  /**
   * Why records that are marked as deleted are rejected.
   * @default - they delete.
   */
  readonly refuseDeletes?: Rejection | undefined;
}

/** Syncs records in blocks: decides by the ledger, and sends what is left with bounded calls in flight. */
export interface RecordSync {
  /** Takes a block of records; resolves when there is room for the next one. */
  submit(records: readonly RecordToSync[]): Promise<void>;
  /** Makes no more calls in this attempt: what has no outcome yet is left over. */
  stop(reason: Error): void;
  /** Waits for all calls, and tries once more what was left over; tells what still is. */
  finish(): Promise<readonly { readonly row: number; readonly reason: LeftOverReason }[]>;
  /** Set once no more calls are made in this attempt: further records need not be submitted. */
  readonly stopped: Error | undefined;
}

export function createRecordSync(options: RecordSyncOptions): RecordSync {
  const { mapping, ledger, claims, budget, clock } = options;
  const { definition } = mapping;
  const prepareRecord = preparer(options);
  const guardedByFullExports = isGuardedByFullExports(definition);
  const newestFullExport = coalesced(() => options.fullExports.newest());
  const { isAlone = () => false, clearing, deleting } = options;
  const calls: Readonly<Record<CallKind, Calls | undefined>> = {
    send: createSending({ definition, turns: options.turns, budget, claims, clock, isAlone }),
    clear: clearing && createClearing({ mapping, claims, clock, ...clearing }),
    delete: deleting && createDeleting({ claims, clock, ...deleting }),
  };
  const clearedNames = new Set(clearedFields(definition).map(({ name }) => name));
  const pool = createPool(options.maxCallsInFlight);
  let leftOver: Pending[] = [];
  let stopped: Error | undefined;

  function stop(reason: Error): void {
    stopped ??= reason;
    for (const ofKind of Object.values(calls)) ofKind?.close(reason);
  }

  /** A hiccup of the ledger concerns the records at hand; anything else meets every record. */
  function stopUnlessTransient(error: unknown): void {
    if (!isTransient(error)) stop(error as Error);
  }

  function whyStopped(): Error | undefined {
    return stopped ?? (clock.now() >= options.until ? timeIsOver() : undefined);
  }

  function leave(pending: Pending, reason: LeftOverReason): void {
    // A service that failed on a record is what counts of its attempt, whatever kept the record out afterwards.
    if (pending.leftOver !== 'failed') pending.leftOver = reason;
    leftOver.push(pending);
  }

  function prepare(record: RecordToSync): readonly Unread[] {
    const prepared = prepareRecord(record, clock.now());
    if (prepared.ok) return [prepared.unread];
    options.onOutcome(record, { kind: 'rejected', rejection: prepared.rejection });
    return [];
  }

  async function withSnapshots(records: readonly Unread[]): Promise<Pending[]> {
    try {
      const snapshots = await ledger.read(records.map(({ customerKey }) => customerKey));
      return records.map((record) => ({ ...record, snapshot: snapshots.get(record.customerKey) ?? ABSENT }));
    } catch (error) {
      for (const record of records) leave({ ...record, snapshot: ABSENT }, 'interrupted');
      stopUnlessTransient(error);
      return [];
    }
  }

  /** The call that the record needs; undefined once it is settled without one, or left over. */
  async function neededCall(pending: Pending): Promise<CallKind | undefined> {
    for (;;) {
      const verdict = judge(pending, mapping, clock.now());
      if (verdict.kind === 'wait') {
        pending.lockedUntil = verdict.until;
        leave(pending, 'locked');
        return undefined;
      }
      if (verdict.kind === 'settled') {
        if (verdict.moved && !(await claims.move(pending, verdict.moved))) continue;
        options.onOutcome(pending.record, verdict.outcome);
        return undefined;
      }
      if (!options.isPoison(pending.record.row)) return verdict.kind;
      if (verdict.kind === 'clear') {
        pending.isNotCleared = true;
        continue;
      }
      options.onOutcome(pending.record, POISONED);
      return undefined;
    }
  }

  /** Lays the claim for the call that the record needs. */
  async function claim(pending: Pending): Promise<CallKind | undefined> {
    for (let call = await neededCall(pending); call; call = await neededCall(pending)) {
      const fills = call === 'send' ? filledFields(pending, definition).filter((name) => clearedNames.has(name)) : [];
      if (!(await claims.lay(pending, fills))) continue;
      if (call === 'clear' || !guardedByFullExports) return call;
      if (!isOutdated(pending.record.version.exportTime, await newestFullExport())) return call;
      options.onOutcome(pending.record, STALE);
      return undefined;
    }
    return undefined;
  }

  /** As `claim`; a turn for another call than the record needs after all is given back. */
  async function claimFor(
    pending: Pending,
    wanted: CallKind,
    turn: Pick<CallTurn, 'giveBack'>,
  ): Promise<CallKind | undefined> {
    let call: CallKind | undefined;
    try {
      call = pending.held ? wanted : await claim(pending);
    } finally {
      if (call !== wanted) turn.giveBack();
    }
    return call;
  }

  /**
   * Gets a turn, and only then lays the claim: a claim that waited for its permit would keep others out, or be taken
   * over and sent twice. When many wait, the turn's time is half a second ahead, enough for the claim.
   *
   * @returns the call that the record needs next; undefined if it is settled or left over.
   */
  async function make(wanted: CallKind, pending: Pending): Promise<CallKind | undefined> {
    const ofKind = calls[wanted];
    if (!ofKind) throw new TypeError(`No record needs the call to ${wanted} unless the mapping says so.`);
    for (;;) {
      const turn = await ofKind.next(pending);
      const call = await claimFor(pending, wanted, turn);
      if (call !== wanted || !pending.held) return call;
      const result = await turn.make(pending, pending.held);
      if (result === 'passed') continue;
      if (result === 'done') return neededCall(pending);
      if (typeof result === 'string') leave(pending, result);
      else options.onOutcome(pending.record, result);
      return undefined;
    }
  }

  async function attempt(pending: Pending): Promise<void> {
    try {
      let call = await neededCall(pending);
      while (call) call = await make(call, pending);
    } catch (error) {
      leave(pending, 'interrupted');
      stopUnlessTransient(error);
    }
    if (pending.held) await free(pending, pending.held);
  }

  /** Ends the lock of a record without an answer to remember, at once: other content may be waiting for it. */
  async function free(pending: Pending, held: HeldClaim): Promise<void> {
    try {
      await claims.release(pending, held);
    } catch (error) {
      // A claim that can't be freed now ends by its deadline.
      stopUnlessTransient(error);
    }
  }

  async function secondPass(): Promise<void> {
    const again = leftOver;
    leftOver = [];
    // Another worker's call is mostly over by then, and a short fence too; what is still locked is taken over or left.
    const locked = again.map(({ lockedUntil }) => Math.min((lockedUntil ?? 0) - clock.now(), WORTH_WAITING_MS));
    await clock.sleep(Math.max(0, ...locked));
    for (const pending of await withSnapshots(again.map(waitedForClaim))) await pool.start(() => attempt(pending));
    await pool.drained();
  }

  return {
    async submit(records) {
      for (const pending of await withSnapshots(records.flatMap(prepare))) {
        const verdict = judge(pending, mapping, clock.now());
        if (verdict.kind === 'settled' && !verdict.moved) options.onOutcome(pending.record, verdict.outcome);
        else await pool.start(() => attempt(pending));
      }
    },

    stop,

    async finish() {
      await pool.drained();
      if (!whyStopped() && leftOver.length > 0) await secondPass();
      await budget.flush();
      return leftOver.map(({ record, leftOver: reason = 'interrupted' }) => ({ row: record.row, reason }));
    },

    get stopped() {
      return whyStopped();
    },
  };
}
