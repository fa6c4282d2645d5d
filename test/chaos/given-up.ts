import type { Round } from './round.ts';
import type { FaultKind } from './types.ts';

/** Failed calls after which a record is given up, at the earliest. */
const CALLS_OF_A_LOST_RECORD = 5;
/** Calls that a fault of these kinds makes fail are counted. */
const COUNTED: readonly FaultKind[] = ['serviceErrors', 'droppedBefore', 'droppedAfter'];
/** Those that fail by these are not. */
const UNCOUNTED: readonly FaultKind[] = ['freeze', 'timeout', 'restart'];

/** Records that were given up with SERVICE_ERROR although too few calls failed for all of them; undefined if none, or if it can't be told. */
export function givenUpTooEarly({ observations, faults }: Pick<Round, 'observations' | 'faults'>): string | undefined {
  if (UNCOUNTED.some((kind) => faults[kind] > 0)) return undefined;
  const codes = observations.flatMap(({ runs, deadLetters }) => [
    ...runs.flatMap(({ rejected }) => rejected.map(({ code }) => code)),
    ...deadLetters.map(({ code }) => code),
  ]);
  const lost = codes.filter((code) => code === 'SERVICE_ERROR').length;
  const failed = COUNTED.reduce((sum, kind) => sum + faults[kind], 0);
  if (lost * CALLS_OF_A_LOST_RECORD <= failed) return undefined;
  return `${lost} records were given up with SERVICE_ERROR, though only ${failed} calls failed.`;
}
