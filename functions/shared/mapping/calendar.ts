/** The parts of a time on the Gregorian calendar; what is left out is the start of the day, hour, minute or second. */
export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

const MONTHS = 12;
const LAST_HOUR = 23;
const LAST_MINUTE = 59;
/** No leap seconds: `Date` has none either. */
const LAST_SECOND = 59;

/**
 * Epoch ms of a calendar time taken as UTC; undefined if there is no such day or time of day (the 30th of February),
 * which `Date` would silently move to another one.
 */
export function utcTime({
  year,
  month,
  day,
  hour = 0,
  minute = 0,
  second = 0,
  millisecond = 0,
}: CalendarTime): number | undefined {
  // Day 0 of the next month is the last day of this one.
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > MONTHS || day < 1 || day > daysInMonth) return undefined;
  if (hour > LAST_HOUR || minute > LAST_MINUTE || second > LAST_SECOND) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}
