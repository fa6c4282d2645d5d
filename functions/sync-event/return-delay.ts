/** Seconds until a message that was left over comes again: doubled with each time, up to a minute. */
const FIRST_DELAY_S = 2;
const LONGEST_DELAY_S = 60;

/**
 * Seconds until the message is given out again, at least half of the doubled delay: what failed together does not come
 * again together.
 *
 * @param received how often the message was given out, this time included.
 * @param random from 0 to 1.
 */
export function returnDelay(received: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (received - 1));
  return Math.ceil(delay * (0.5 + random / 2));
}
