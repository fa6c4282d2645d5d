/** Runs tasks with at most `size` of them under way. A task must not throw. */
export interface Pool {
  /** Starts the task once there is room; resolves when it is started. */
  start(task: () => Promise<void>): Promise<void>;
  /** Resolves when no task is under way. */
  drained(): Promise<void>;
}

export function createPool(size: number): Pool {
  const forRoom: (() => void)[] = [];
  const forEnd: (() => void)[] = [];
  let running = 0;

  /** One place is free: one who waits for it looks again. */
  function ended(): void {
    running -= 1;
    forRoom.shift()?.();
    if (running === 0) for (const look of forEnd.splice(0)) look();
  }

  return {
    async start(task) {
      while (running >= size) await new Promise<void>((look) => forRoom.push(look));
      running += 1;
      void task().finally(ended);
    },
    async drained() {
      while (running > 0) await new Promise<void>((look) => forEnd.push(look));
    },
  };
}
