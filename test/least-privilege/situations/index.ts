import * as liveEvents from './live-events.ts';
import * as runs from './runs.ts';
import type { Situation } from './situation.ts';

/** Every feature that needs a permission, by name. */
export const SITUATIONS = { ...runs, ...liveEvents } satisfies Record<string, Situation>;

export type SituationName = keyof typeof SITUATIONS;
