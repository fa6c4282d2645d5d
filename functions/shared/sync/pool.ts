/** Runs tasks with at most `size` of them under way. A task must not throw. */
export interface Pool {
  /** Starts the task once there is room; resolves when it is started. */
  start(task: () => Promise<void>): Promise<void>;
  /** Resolves when no task is under way. */
  drained(): Promise<void>;
}

export function createPool(size: number): Pool {
  const running = new Set<Promise<void>>();
  return {
    async start(task) {
      while (running.size >= size) await Promise.race(running);
      const run = task().finally(() => running.delete(run));
      running.add(run);
    },
    async drained() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
