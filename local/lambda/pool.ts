import type { Environment } from './environment.ts';

/** How long an execution environment waits for its next event. Lambda keeps them for minutes; a laptop wants its memory back. */
const IDLE_MS = 60_000;

/** The execution environments of one function. */
export interface EnvironmentPool {
  /** An environment that nobody uses, warm if there is one. */
  take(): Environment;
  /** Ends the use; the environment waits for the next event unless it is gone. */
  giveBack(environment: Environment): void;
  environments(): readonly { pid: number | undefined; busy: boolean }[];
  /** Ends every process, at work or not. */
  close(): Promise<void>;
}

export function createPool(start: () => Environment): EnvironmentPool {
  const busy = new Set<Environment>();
  const idle = new Map<Environment, NodeJS.Timeout>();
  const closing = new Set<Promise<void>>();

  function end(environment: Environment): void {
    idle.delete(environment);
    const closed = environment.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function warm(): Environment | undefined {
    // The one that waited least first: the others may then end.
    for (const [environment, timer] of [...idle].reverse()) {
      clearTimeout(timer);
      idle.delete(environment);
      if (environment.alive) return environment;
    }
    return undefined;
  }

  return {
    take() {
      const environment = warm() ?? start();
      busy.add(environment);
      return environment;
    },
    giveBack(environment) {
      busy.delete(environment);
      if (!environment.alive) return;
      idle.set(environment, setTimeout(end, IDLE_MS, environment).unref());
    },
    environments: () => [...busy, ...idle.keys()].map((each) => ({ pid: each.pid, busy: busy.has(each) })),
    async close() {
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...[...busy, ...idle.keys()].map((each) => each.close()), ...closing]);
    },
  };
}
