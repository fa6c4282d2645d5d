import { useEffect, useRef, useState } from 'preact/hooks';
import { getText } from './client.ts';
import { createPoller } from './poller.ts';

export interface Polled<T> {
  /** The last good one, however old. */
  readonly value: T | undefined;
  /** Of the newest question, if it got no good answer. */
  readonly error?: unknown;
  /** When the value last held; of an error alone. */
  readonly goodAt?: number | undefined;
  /** Asks now. */
  readonly refresh: () => void;
}

/**
 * The answer of an address, kept up to date while somebody looks. Another address keeps the old answer until its own comes.
 *
 * @param pause milliseconds until it is asked again; may be NEVER.
 */
export function usePolled<T>(path: string, pause: (value: T) => number): Polled<T> {
  const [state, setState] = useState<Pick<Polled<T>, 'value' | 'error' | 'goodAt'>>({
    value: undefined,
  });
  const latestPause = useRef(pause);
  latestPause.current = pause;
  const wake = useRef(() => {});
  useEffect(() => {
    const poller = createPoller<T>(
      (signal) => getText(path, signal),
      (answered) =>
        setState((before) =>
          answered.is === 'good'
            ? { value: answered.value }
            : { value: before.value, error: answered.error, goodAt: answered.goodAt ?? before.goodAt },
        ),
      { pause: (value) => latestPause.current(value), isHidden: () => document.hidden },
    );
    wake.current = poller.wake;
    document.addEventListener('visibilitychange', poller.wake);
    return () => {
      document.removeEventListener('visibilitychange', poller.wake);
      poller.stop();
    };
  }, [path]);
  return { ...state, refresh: () => wake.current() };
}
