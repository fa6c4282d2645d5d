import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { System } from './system.ts';
import { MAX_FUNCTION_TIMEOUT_S } from './template.ts';

/** How long a fault waits for a process that is at work. */
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 20;
/** A process is hit at some moment of its work, not always at the start. */
const MAX_INTO_THE_WORK_MS = 400;

/** What can happen to the process of a function while it is at work. Each resolves to whether it happened. */
export function processFaults(system: System, random: Random) {
  const busy = () =>
    system.functions.flatMap((name) =>
      system.stack.lambda.environments(name).flatMap(({ pid, busy }) => (busy && pid !== undefined ? [pid] : [])),
    );

  /** Sends the signal to a process that is at work, if there is one before long, and returns its id. */
  async function hit(signal: NodeJS.Signals): Promise<number | undefined> {
    const giveUp = Date.now() + PATIENCE_MS;
    await sleep(random.int(0, MAX_INTO_THE_WORK_MS));
    while (Date.now() < giveUp) {
      const pids = busy();
      const pid = pids.length > 0 ? random.pick(pids) : undefined;
      if (pid !== undefined && send(pid, signal)) return pid;
      await sleep(LOOK_AGAIN_MS);
    }
    return undefined;
  }

  return {
    async crash(): Promise<boolean> {
      return (await hit('SIGKILL')) !== undefined;
    },
    async freeze(forMs: number): Promise<boolean> {
      const pid = await hit('SIGSTOP');
      if (pid === undefined) return false;
      await sleep(forMs);
      return send(pid, 'SIGCONT');
    },
    /** True once Lambda has given the process up. */
    async timeout(): Promise<boolean> {
      const pid = await hit('SIGSTOP');
      const { restarts } = system;
      if (pid === undefined) return false;
      const giveUp = Date.now() + 2 * MAX_FUNCTION_TIMEOUT_S * 1000;
      while (Date.now() < giveUp && busy().includes(pid)) await sleep(LOOK_AGAIN_MS);
      // A restart ends processes, too.
      return system.restarts === restarts && !busy().includes(pid);
    },
    busy,
  };
}

/** False if there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
