import type { Clock } from './clock.ts';
import type { RunningExecution } from './execution.ts';
import type { Integrations } from './integrations.ts';
import type { Random } from './random.ts';
import type { ExecutionStore } from './store.ts';
import type { Tolerance } from './tolerance.ts';

/** What all executions share. */
export interface Machinery {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly integrations: Integrations;
  /** Executions at work in this process by ARN, children of Map Runs among them. */
  readonly running: Map<string, RunningExecution>;
  /** Of the Map Runs at work in this process, by ARN: what may be changed meanwhile. */
  readonly mapRuns: Map<string, MapRunControls>;
  /** Hears of each state transition that AWS bills: a state that is entered or tried again, and the start of a Map Run's child. */
  readonly onTransition?: (machineArn: string) => void;
}

export interface MapRunControls {
  limitTo(maxConcurrency: number): void;
  tolerate(tolerance: Tolerance): void;
}

export function createMachinery(parts: Omit<Machinery, 'running' | 'mapRuns'>): Machinery {
  return { ...parts, running: new Map(), mapRuns: new Map() };
}
