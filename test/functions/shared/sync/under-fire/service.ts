import { MAX_RESENDS } from '../../../../../functions/shared/ledger/late.ts';
import { SPACING_MS } from '../../../../../functions/shared/ledger/spacing.ts';
import type { ClearResult } from '../../../../../functions/shared/profiles/profile-clearer.ts';
import { CALL_TIMEOUT_MS, type PutResult } from '../../../../../functions/shared/profiles/profile-writer.ts';
import { CLOCK_MARGIN_MS } from '../../../../../functions/shared/sync/open-sync.ts';
import { EMPTYING, emailOf } from './emails.ts';
import type { Tape } from './tape.ts';
import type { Worker, World } from './world.ts';

/** Content that the service refuses, whoever sends it. */
export const REFUSED = 'REFUSED';
/** Late errors of one customer: as many as may be noted of one content before it is given up. */
const MAX_LATE_ERRORS = MAX_RESENDS;
/** Messages that may tell of one late error: more than sends after which content is given up. */
const BURST = MAX_RESENDS + 2;

interface Taken {
  readonly content: string;
  readonly at: number;
  /** The job whose worker made the call. */
  readonly by: string;
  /** Accepted, and failed on afterwards: the profile never got it. */
  readonly isLost: boolean;
}

export interface Service {
  put(worker: Worker, by: string, object: string): Promise<PutResult>;
  /** Finds the customer's profile and empties its e-mail address. */
  clear(worker: Worker, key: string): Promise<ClearResult>;
  /** Whether the service ever took this content, of this job or of any. */
  took(key: string, content: string, by?: string): boolean;
  /** How often the service took this content. */
  timesTaken(key: string, content: string): number;
  /** Every content that the profile may hold in the end: the service applies calls that came close in any order. */
  mayHold(key: string): readonly string[];
  /** Every e-mail address that the profile may have in the end; none without a profile. */
  mayHaveEmail(key: string): readonly string[];
  /** Whether the service failed on anything that it accepted for this customer. */
  lost(key: string): boolean;
  /** How often anybody called for this customer. */
  calls(key: string): number;
  /** How often anybody looked for this customer's profile, to clear it. */
  clears(key: string): number;
  /** Profiles expire. */
  forget(): void;
}

/** Tells of an object that was accepted and never reached its profile. */
export type OnLateError = (object: string) => void;

/**
 * PutProfileObject as a queue: what it took within the spacing may be applied in any order, later calls after earlier
 * ones. A call may arrive, whatever became of its worker, until the deadline of the claim it was made under.
 *
 * @param skew milliseconds between the clocks of two workers at most: the spacing that they can keep is shorter by that.
 * @param onArrival checks that the ledger locks the customer for this content.
 */
export function createService(
  world: World,
  tape: Tape,
  skew: number,
  onArrival: (key: string, content: string) => Promise<void>,
  onLateError: OnLateError,
): Service {
  const spacing = SPACING_MS - skew;
  let taken = new Map<string, Taken[]>();
  const calls = new Map<string, number>();
  const clears = new Map<string, number>();
  /** When an e-mail address was last emptied. */
  let clearedAt = new Map<string, number>();

  function take(object: string, by: string): void {
    const { id: key, name: content } = JSON.parse(object) as { id: string; name: string };
    const calls = taken.get(key) ?? [];
    const mayBeLost = calls.filter(({ isLost }) => isLost).length < MAX_LATE_ERRORS;
    const isLost = mayBeLost && tape.fate({ applied: 7, lost: 1 }) === 'lost';
    if (isLost) {
      const messages = tape.fate({ one: 3, burst: 1 }) === 'burst' ? BURST : 1;
      for (let count = 0; count < messages; count += 1) onLateError(object);
    }
    const tooClose = calls.find((call) => call.content !== content && world.now() - call.at < spacing);
    if (tooClose) {
      throw new Error(`${content} was taken ${world.now() - tooClose.at} ms after ${tooClose.content} for ${key}.`);
    }
    taken.set(key, [...calls, { content, at: world.now(), by, isLost }]);
  }

  async function arrive(object: string, by: string): Promise<PutResult | 'silence'> {
    const { id, name } = JSON.parse(object) as { id: string; name: string };
    calls.set(id, (calls.get(id) ?? 0) + 1);
    await onArrival(id, name);
    switch (tape.fate({ accepted: 14, throttled: 2, broke: 1, brokeAfter: 1, noAnswer: 1 })) {
      case 'throttled':
        return { kind: 'throttled' };
      case 'broke':
        return { kind: 'failed', open: false };
      case 'brokeAfter':
        if (name !== REFUSED) take(object, by);
        return { kind: 'failed', open: false };
      case 'noAnswer':
        if (name !== REFUSED) take(object, by);
        return 'silence';
      case 'accepted':
        if (name === REFUSED) return { kind: 'refused', reason: 'the service said so' };
        take(object, by);
        return { kind: 'accepted' };
    }
  }

  function lastFill(key: string): number {
    const fills = (taken.get(key) ?? []).filter(({ isLost, content }) => !isLost && emailOf(content) !== '');
    return fills.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  }

  function isThere(key: string): boolean {
    return (taken.get(key) ?? []).some(({ isLost }) => !isLost);
  }

  async function update(key: string): Promise<void> {
    await onArrival(key, EMPTYING);
    const after = world.now() - lastFill(key);
    if (after < spacing) throw new Error(`The e-mail address of ${key} was cleared ${after} ms after it was sent.`);
    clearedAt.set(key, world.now());
  }

  async function arriveClear(key: string): Promise<ClearResult | 'silence'> {
    clears.set(key, (clears.get(key) ?? 0) + 1);
    const fates = { found: 12, notFound: 1, notPossible: 1, throttled: 2, broke: 1, brokeAfter: 1, noAnswer: 1 };
    const fate = isThere(key) ? tape.fate(fates) : 'notFound';
    switch (fate) {
      case 'found':
        await update(key);
        return { kind: 'cleared' };
      case 'broke':
        return { kind: 'failed', open: false, changed: false };
      case 'brokeAfter':
        await update(key);
        return { kind: 'failed', open: false, changed: true };
      case 'noAnswer':
        await update(key);
        return 'silence';
      default:
        return { kind: fate };
    }
  }

  return {
    clear(worker, key) {
      return new Promise((resolve) => {
        const arrival = async (late: boolean) => {
          if (late && tape.fate({ lost: 1, late: 1 }) === 'lost') return;
          const answer = await arriveClear(key);
          if (answer !== 'silence') world.later(() => resolve(answer), { owner: worker });
        };
        world.later(arrival, { latest: worker.endsAt + CLOCK_MARGIN_MS });
        const noAnswer = { kind: 'failed', open: true, changed: true } as const;
        world.later(() => resolve(noAnswer), { delay: CALL_TIMEOUT_MS, owner: worker });
      });
    },
    put(worker, by, object) {
      return new Promise((resolve) => {
        const arrival = async (late: boolean) => {
          // The network kept it until the last moment, or for good.
          if (late && tape.fate({ lost: 1, late: 1 }) === 'lost') return;
          const answer = await arrive(object, by);
          if (answer !== 'silence') world.later(() => resolve(answer), { owner: worker });
        };
        world.later(arrival, { latest: worker.endsAt + CLOCK_MARGIN_MS });
        world.later(() => resolve({ kind: 'failed', open: true }), { delay: CALL_TIMEOUT_MS, owner: worker });
      });
    },
    took: (key, content, by) =>
      (taken.get(key) ?? []).some((call) => call.content === content && (by === undefined || call.by === by)),
    timesTaken: (key, content) => (taken.get(key) ?? []).filter((call) => call.content === content).length,
    mayHold(key) {
      const calls = (taken.get(key) ?? []).filter(({ isLost }) => !isLost);
      const last = calls.at(-1)?.at ?? 0;
      return [...new Set(calls.filter(({ at }) => last - at < spacing).map(({ content }) => content))];
    },
    mayHaveEmail(key) {
      if (!isThere(key)) return [];
      const fill = lastFill(key);
      const since = (clearedAt.get(key) ?? Number.NEGATIVE_INFINITY) - fill;
      if (fill === Number.NEGATIVE_INFINITY || since >= spacing) return [''];
      return since >= 0 ? ['', 'x@x'] : ['x@x'];
    },
    lost: (key) => (taken.get(key) ?? []).some(({ isLost }) => isLost),
    calls: (key) => calls.get(key) ?? 0,
    clears: (key) => clears.get(key) ?? 0,
    forget() {
      clearedAt = new Map();
      taken = new Map();
    },
  };
}
