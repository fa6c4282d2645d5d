const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DATE_WITH_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** Of this machine, such as `Asia/Tokyo`; all times of the page are of it. */
export const TIME_ZONE = DAY_TIME.resolvedOptions().timeZone;

/** `12:03:05` if it is of today, else `21 Nov, 12:03:05`. */
export function shortTime(time: number | string): string {
  const date = new Date(time);
  const clock = DAY_TIME.format(date);
  if (date.toDateString() === new Date().toDateString()) return clock;
  const day = date.getFullYear() === new Date().getFullYear() ? DATE.format(date) : DATE_WITH_YEAR.format(date);
  return `${day}, ${clock}`;
}

/** `21 Nov 2026, 12:03:05`. */
export function fullTime(time: number | string): string {
  const date = new Date(time);
  return `${DATE_WITH_YEAR.format(date)}, ${DAY_TIME.format(date)}`;
}
