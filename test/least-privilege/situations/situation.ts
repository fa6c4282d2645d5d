import { systemClock } from '../../../functions/shared/clock.ts';
import type { Stage } from '../stage.ts';

/**
 * One feature of the system, played from its trigger to its end. It takes permissions away by `remove` when it comes to
 * the part that needs them, and resolves with whether all went well.
 */
export type Situation = (stage: Stage, remove: () => void) => Promise<boolean>;

/** Milliseconds between two looks. */
const PAUSE_MS = 20;

/** Waits for it; false once something was refused and it is still not true. */
export async function comesTrue(stage: Stage, isTrue: () => boolean): Promise<boolean> {
  while (!isTrue() && stage.refusals.length === 0) await pause();
  return isTrue();
}

export const pause = (milliseconds = PAUSE_MS) => systemClock.sleep(milliseconds);
