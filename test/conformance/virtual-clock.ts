import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../local/states/clock.ts';

/** Turns of the event loop without an event after which everybody is taken to wait. */
const QUIET_TURNS = 25;

/** Time that jumps to the next timer when nobody is at work any more. */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  #pumping = false;
  #quiet = 0;

  now(): number {
    return this.#now;
  }

  /** Somebody is at work. */
  touch(): void {
    this.#quiet = 0;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.throwIfAborted();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const cancel = this.limit(milliseconds, resolve);
    try {
      await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  limit(milliseconds: number, expired: () => void): () => void {
    const timer = { at: this.#now + milliseconds, fire: expired };
    this.#timers.add(timer);
    void this.#pump();
    return () => this.#timers.delete(timer);
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#quiet = 0;
    while (this.#timers.size > 0) {
      await nextTurn();
      if (++this.#quiet < QUIET_TURNS) continue;
      const [first] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (first === undefined) break;
      this.#timers.delete(first);
      this.#now = Math.max(this.#now, first.at);
      this.#quiet = 0;
      first.fire();
    }
    this.#pumping = false;
  }
}
