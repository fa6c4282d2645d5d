import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../../../functions/shared/clock.ts';
import type { Tape } from './tape.ts';

/** Steps after which a case counts as endless; the longest take a few thousand. */
const MAX_STEPS = 30_000;
/** Milliseconds that pass at once: between two answers, as long as a fence, a time-out, a Lambda. */
const PAUSES = [5, 900, 3_000, 11_000, 70_000] as const;

/** An invocation of a function. */
export interface Worker {
  /** Milliseconds by which its clock is ahead. */
  readonly skew: number;
  /** When Lambda kills it, in the world's time. */
  readonly endsAt: number;
  readonly clock: Clock;
  /** Answers reach it and its timers fire only from then on. */
  frozenUntil: number;
  dead: boolean;
}

interface Step {
  readonly from: number;
  /** The world's time until which it must have happened. */
  readonly latest: number;
  /** It happens only while this worker lives and is not frozen. */
  readonly owner?: Worker;
  run(late: boolean): unknown;
}

/**
 * All that happens, one step at a time: requests arrive, answers return, timers fire, and between any two of these the
 * tape may let time pass, freeze a worker or kill it.
 */
export interface World {
  now(): number;
  worker(skew: number, lifetime: number, onDeath: () => void): Worker;
  /** Ends a worker that is done: nothing kills it any more. */
  release(worker: Worker): void;
  /** Runs a step at some time from `delay` on, by the latest at `latest`. */
  later(run: (late: boolean) => unknown, times?: { delay?: number; latest?: number; owner?: Worker }): void;
  /** One request: its effect and its answer are steps of their own, and only the answer needs the worker. */
  request<Answer>(worker: Worker, effect: () => Answer | Promise<Answer>): Promise<Answer>;
  /** Runs steps until this is so. */
  until(done: () => boolean): Promise<void>;
  /** Lets time pass without any choice, as between two nights. */
  pass(milliseconds: number): Promise<void>;
}

export function createWorld(tape: Tape, start = 1_800_000_000_000): World {
  let now = start;
  let steps: Step[] = [];
  let workers: { worker: Worker; onDeath: () => void }[] = [];

  const soonest = ({ from, owner }: Step) => Math.max(from, owner?.frozenUntil ?? 0);

  async function take(step: Step, late: boolean): Promise<void> {
    steps = steps.filter((other) => other !== step);
    await step.run(late);
    await setImmediate();
  }

  async function advance(to: number): Promise<void> {
    for (;;) {
      const due = steps.filter(({ latest }) => latest <= to).sort((a, b) => a.latest - b.latest)[0];
      if (!due) break;
      now = Math.max(now, due.latest);
      await take(due, true);
    }
    now = Math.max(now, to);
  }

  function kill(worker: Worker): void {
    if (worker.dead) return;
    const killed = workers.find((other) => other.worker === worker);
    release(worker);
    killed?.onDeath();
  }

  function release(worker: Worker): void {
    worker.dead = true;
    workers = workers.filter((other) => other.worker !== worker);
    steps = steps.filter(({ owner }) => owner !== worker);
  }

  function later(
    run: Step['run'],
    { delay = 0, latest = Number.POSITIVE_INFINITY, owner }: Parameters<World['later']>[1] = {},
  ): void {
    if (owner?.dead) return;
    steps.push({ from: now + delay, latest, run, ...(owner && { owner }) });
  }

  async function oneStep(): Promise<void> {
    const ready = steps.filter((step) => soonest(step) <= now);
    if (ready.length === 0) {
      if (steps.length === 0) throw new Error('Nothing is left to do, and the records have no outcome.');
      return advance(Math.min(...steps.map(soonest), ...steps.map(({ latest }) => latest)));
    }
    const anyWorker = () => workers[tape.pick(workers.length)]?.worker;
    const pause = () => PAUSES[tape.pick(PAUSES.length)] ?? 0;
    switch (tape.fate({ step: 40, time: 5, lastMoment: 2, crash: 1, freeze: 1 })) {
      case 'time':
        return advance(now + pause());
      case 'lastMoment':
        return advance(Math.min(...steps.map(({ latest }) => latest).filter(Number.isFinite), now + 70_000));
      case 'crash': {
        const worker = anyWorker();
        return worker && kill(worker);
      }
      case 'freeze': {
        const worker = anyWorker();
        if (worker) worker.frozenUntil = now + pause();
        return;
      }
      case 'step': {
        const step = ready[tape.pick(ready.length)];
        return step && take(step, false);
      }
    }
  }

  return {
    now: () => now,
    worker(skew, lifetime, onDeath) {
      const worker: Worker = {
        skew,
        endsAt: now + lifetime,
        frozenUntil: 0,
        dead: false,
        clock: {
          now: () => now + skew,
          sleep: (delay) => new Promise((wake) => later(() => wake(), { delay: Math.max(0, delay), owner: worker })),
        },
      };
      workers.push({ worker, onDeath });
      later(() => kill(worker), { delay: lifetime, latest: worker.endsAt, owner: worker });
      return worker;
    },
    release,
    later,
    request: (worker, effect) =>
      new Promise((resolve, reject) => {
        later(async () => {
          const answer = await Promise.resolve()
            .then(effect)
            .then(
              (value) => () => resolve(value),
              (error: unknown) => () => reject(error),
            );
          later(answer, { owner: worker });
        });
      }),
    async until(done) {
      for (let count = 0; !done(); count += 1) {
        if (count > MAX_STEPS) throw new Error(`No end after ${MAX_STEPS} steps.`);
        await oneStep();
      }
    },
    pass: (milliseconds) => advance(now + milliseconds),
  };
}
