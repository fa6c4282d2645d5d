import type { Clock } from '../../functions/shared/clock.ts';
import { isTransient } from '../../functions/shared/transient.ts';

/** A service that does not answer for so long is given up; each error comes after the SDK's own retries. */
const PATIENCE_MS = 60_000;
const TRY_AGAIN_MS = 2_000;

/** Looks again while the service fails of what may go away by itself, for up to a minute, and says so once. */
export async function patiently<T>(
  look: () => Promise<T>,
  {
    clock,
    signal,
    note,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly note: (text: string) => void },
): Promise<T> {
  let giveUpAt: number | undefined;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const now = clock.now();
      if (!isTransient(error) || signal.aborted || now >= (giveUpAt ?? now + 1)) throw error;
      if (giveUpAt === undefined) note('The service does not answer. Trying again for a minute …');
      giveUpAt ??= now + PATIENCE_MS;
      await clock.sleep(TRY_AGAIN_MS);
    }
  }
}
