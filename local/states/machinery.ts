import type { ChildPool } from './child-pool.ts';
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
  /** Of the Map Runs at work in this process, by ARN. */
  readonly children: Map<string, ChildPool>;
}

export function createMachinery(parts: Omit<Machinery, 'running' | 'children'>): Machinery {
  return { ...parts, running: new Map(), children: new Map() };
}
