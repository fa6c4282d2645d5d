import { ProfilesError, type ProfilesErrorName } from './errors.ts';
import type { OperationName } from './routes.ts';

/**
 * A fault that an operation has on purpose, to show what the rest does about it. Calls that it hits are answered
 * with `error`, or lose their connection, or are accepted in vain, or only take longer.
 */
export interface Fault {
  /** Absent: those that put objects. */
  readonly operation?: OperationName;
  /** Throttling answers at once, the others after the latency; nothing is kept. */
  readonly error?: ProfilesErrorName;
  /** The caller gets no answer: before the object is looked at, or after it was accepted. */
  readonly dropped?: 'beforeWork' | 'afterWork';
  /** Answered with 200, and then sent to the domain's dead-letter queue instead of into a profile. */
  readonly late?: boolean;
  /** Milliseconds on top of the latency. */
  readonly extraLatencyMs?: number;
  /** Only for objects, or bodies of other operations, whose JSON text contains this; absent: for all. */
  readonly forObjectsWith?: string;
  /** The part of these calls that is hit, 0 to 1; absent: all. */
  readonly share?: number;
  /** Only for a while after the fault was configured, once or again and again; absent: always. */
  readonly window?: FaultWindow;
}

/** Milliseconds: a burst of `forMs`, first `afterMs` after the start, then every `everyMs`. */
export interface FaultWindow {
  readonly forMs: number;
  readonly afterMs?: number;
  readonly everyMs?: number;
}

/** What becomes of one call. */
export interface Mishap {
  readonly error: ProfilesError | undefined;
  readonly dropped: Fault['dropped'];
  readonly late: boolean;
  readonly extraLatencyMs: number;
}

/** The faults of one operation; undefined: of those that put objects. */
export function faultsOf(
  faults: Fault | readonly Fault[] | undefined,
  operation: OperationName | undefined,
): readonly Fault[] {
  return [faults ?? []].flat().filter((fault) => fault.operation === operation);
}

/** The faults that hit a call with this object, `sinceMs` after they were configured; of several the first of a kind counts, latencies add up. */
export function mishapOf(
  faults: Fault | readonly Fault[] | undefined,
  object: unknown,
  sinceMs: number,
  random: () => number = Math.random,
): Mishap {
  const hits = [faults ?? []].flat().filter((fault) => isHit(fault, object, sinceMs, random));
  const error = hits.find((fault) => fault.error)?.error;
  return {
    error: error && new ProfilesError(error, FAULT_MESSAGE),
    dropped: hits.find(({ dropped }) => dropped)?.dropped,
    late: hits.some(({ late }) => late),
    extraLatencyMs: hits.reduce((sum, { extraLatencyMs = 0 }) => sum + extraLatencyMs, 0),
  };
}

export type FaultEffect = 'throttled' | 'error' | 'droppedBefore' | 'droppedAfter' | 'late' | 'delayed';

/** What comes of a mishap: a call that is refused at once suffers nothing more. */
export function effectsOf({ error, dropped, late, extraLatencyMs }: Mishap): FaultEffect[] {
  if (error?.name === 'ThrottlingException') return ['throttled'];
  if (dropped === 'beforeWork') return ['droppedBefore'];
  const delayed = extraLatencyMs > 0 ? (['delayed'] as const) : [];
  if (error) return [...delayed, 'error'];
  return [...delayed, ...(late ? (['late'] as const) : []), ...(dropped ? (['droppedAfter'] as const) : [])];
}

export const FAULT_MESSAGE = 'A fault that was asked for.';

function isHit(
  { forObjectsWith = '', share = 1, window }: Fault,
  object: unknown,
  sinceMs: number,
  random: () => number,
) {
  const meant = forObjectsWith === '' || (typeof object === 'string' && object.includes(forObjectsWith));
  return meant && (window === undefined || isOpen(window, sinceMs)) && random() < share;
}

function isOpen({ forMs, afterMs = 0, everyMs = Number.POSITIVE_INFINITY }: FaultWindow, sinceMs: number): boolean {
  const into = sinceMs - afterMs;
  return into >= 0 && into % everyMs < forMs;
}
