/** What is known of an address that is asked again and again. */
export type Answered<T> =
  | { readonly is: 'good'; readonly value: T }
  /** The last good answer, if there was one, stays with whoever asked; `goodAt` is when it last held, epoch milliseconds. */
  | { readonly is: 'bad'; readonly error: unknown; readonly goodAt: number | undefined };

/** Never, until `wake`. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Soon enough to see the server come back, and no storm while it is away. */
const PAUSE_AFTER_TROUBLE_MS = 2_000;

/**
 * Asks again and again, one question at a time, and says what is new: an answer that reads as the last one did is not told.
 *
 * @param options.pause milliseconds until the next question, after a good answer.
 * @param options.isHidden nobody looks: nothing is asked until `wake`.
 */
export function createPoller<T>(
  ask: (signal: AbortSignal) => Promise<string>,
  tell: (answered: Answered<T>) => void,
  options: { readonly pause: (value: T) => number; readonly isHidden: () => boolean },
): { readonly wake: () => void; readonly stop: () => void } {
  const aborter = new AbortController();
  const { signal } = aborter;
  let last: string | undefined;
  let goodAt: number | undefined;
  let isAsking = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function next(): Promise<void> {
    clearTimeout(timer);
    if (signal.aborted || options.isHidden()) return;
    isAsking = true;
    isWanted = false;
    const pause = await once();
    isAsking = false;
    if (signal.aborted) return;
    if (isWanted) return next();
    if (pause !== NEVER) timer = setTimeout(next, pause);
  }

  async function once(): Promise<number> {
    try {
      const text = await ask(signal);
      const value: T = JSON.parse(text);
      if (text !== last && !signal.aborted) tell({ is: 'good', value });
      last = text;
      goodAt = Date.now();
      return options.pause(value);
    } catch (error) {
      last = undefined;
      if (!signal.aborted) tell({ is: 'bad', error, goodAt });
      return PAUSE_AFTER_TROUBLE_MS;
    }
  }

  next();
  return {
    wake: () => {
      isWanted = true;
      if (!isAsking) next();
    },
    stop: () => {
      aborter.abort();
      clearTimeout(timer);
    },
  };
}
