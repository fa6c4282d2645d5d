/** Numbers, times and durations as the report's reader takes them in. */
import { count, duration } from '../words.ts';

/** A number and its unit stay on one line. */
const NO_BREAK = '\u00a0';

/** `3 min 20 s`, on one line. */
export function lasting(seconds: number): string {
  if (seconds > 0 && seconds < 0.5) return `under 1${NO_BREAK}s`;
  return duration(seconds).replaceAll(' ', NO_BREAK);
}

/** `12 %`, `0.4 %`, `under 0.1 %`: what is there never shows as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return `under 0.1${NO_BREAK}%`;
  if (share < 1 && share > 0.999) return `over 99.9${NO_BREAK}%`;
  const isNearEnd = share < 0.0995 || share > 0.99;
  return `${(share * 100).toFixed(isNearEnd ? 1 : 0).replace(/\.0$/, '')}${NO_BREAK}%`;
}

/** Of what a bill counts: whole from a hundred on, else three digits that count. */
export function amount(value: number): string {
  return value >= 100 ? count(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Calls per second: `79`, and `0.4` below ten. */
export function rate(callsPerSecond: number): string {
  return callsPerSecond < 10 ? String(Number(callsPerSecond.toFixed(1))) : count(Math.round(callsPerSecond));
}

/** `2026-11-22 02:10:33`, in UTC: a file has no way to know its reader's zone. */
export function utcTime(time: number | string): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** `22 November 2026`, in UTC. */
export function utcDay(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
