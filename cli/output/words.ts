/** Numbers, times and durations as people read them. */

import { dollars } from '../../functions/shared/words.ts';

export { count, counted, duration } from '../../functions/shared/words.ts';

/** What a run costs, in US dollars. */
export function costWords(usd: number): string {
  return `about ${dollars(usd)} at list prices, without Amazon Connect itself`;
}

/** Date and time in the machine's time zone, `2026-11-22 02:10:33`. */
export function localTime(time: Date | number | string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The name of a run as people write it: EventBridge makes names of two UUIDs, and commands take the beginning of a name. */
export function shortRun(runId: string): string {
  return /^[\da-f]{8}-[\da-f-]{27}_[\da-f-]{36}$/.test(runId) ? runId.slice(0, 8) : runId;
}
