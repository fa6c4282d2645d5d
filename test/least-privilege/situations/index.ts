import * as alarms from './alarms.ts';
import * as failedStarts from './failed-starts.ts';
import * as lateErrors from './late-errors.ts';
import * as liveEvents from './live-events.ts';
import * as runs from './runs.ts';
import type { Situation } from './situation.ts';
import { aLookAtAMendedRun, aLookAtARunAtWork } from './watch.ts';

/** Every feature that needs a permission, by name. */
export const SITUATIONS = {
  ...runs,
  ...liveEvents,
  ...lateErrors,
  aLookAtARunAtWork,
  aLookAtAMendedRun,
  ...failedStarts,
  ...alarms,
} satisfies Record<string, Situation>;

export type SituationName = keyof typeof SITUATIONS;
