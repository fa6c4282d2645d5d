import type { Clock } from './clock.ts';
import type { RunningExecution } from './execution.ts';
import type { Integrations } from './integrations.ts';
import type { Random } from './random.ts';
import type { ExecutionStore } from './store.ts';

/** What all executions share. */
export interface Machinery {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly integrations: Integrations;
  /** Executions at work in this process by ARN, children of Map Runs among them. */
  readonly running: Map<string, RunningExecution>;
}

export function createMachinery(parts: Omit<Machinery, 'running'>): Machinery {
  return { ...parts, running: new Map() };
}
