import { systemClock } from '../../../functions/shared/clock.ts';
import type { QueuedMessage } from '../../../local/sqs/sqs.ts';
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

/** Waits until the queue of this output has one more such message than before. */
export async function arrivesIn(
  stage: Stage,
  output: string,
  happen: () => unknown,
  isMeant: (message: QueuedMessage) => boolean = () => true,
): Promise<boolean> {
  const { sqs, outputs } = stage.test.stack;
  const messages = () => sqs.messages(outputs[output] ?? '').filter(isMeant).length;
  const before = messages();
  await happen();
  return comesTrue(stage, () => messages() > before);
}

/** How often a function published this metric, and what its values add up to. */
export function published(stage: Stage, name: string): { readonly count: number; readonly sum: number } {
  const [{ count, sum } = { count: 0, sum: 0 }] = stage.test.stack.logs.metrics.query({ name });
  return { count, sum };
}
