const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of each month, in every year. */
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads the two forms in which most exports write a time, `YYYY-MM-DDTHH:MM:SSZ` and `…+HH:MM`, by position: SplitExport
 * reads every row's, and the general expression alone would halve its speed. Undefined leaves the text to that one.
 */
export function commonIsoTime(text: string): number | undefined {
  const isUtc = text.length === 20 && text[19] === 'Z';
  if (!isUtc && text.length !== 25) return undefined;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // Days that only some years have are left to the general reader. Comparisons with NaN are false.
  const isDate = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] ?? 0);
  const isTime = hour <= 23 && minute <= 59 && second <= 59;
  const offset = isUtc ? 0 : offsetMinutes(text);
  if (!isDate || !isTime || offset === undefined) return undefined;
  return dayNumber(year, month, day) * DAY_MS + (hour * 60 + minute - offset) * MINUTE_MS + second * 1_000;
}

/** Days since 1970-01-01, in a third of the time of `Date.UTC`. Years are counted from March, so that a leap day is their last. */
function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthsSinceMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 719_469;
}

/** Of `+HH:MM` from position 19 on. */
function offsetMinutes(text: string): number | undefined {
  const sign = text[19];
  const hours = twoDigits(text, 20);
  const minutes = twoDigits(text, 23);
  if ((sign !== '+' && sign !== '-') || text[22] !== ':' || !(hours <= 13 && minutes <= 59)) return undefined;
  return (hours * 60 + minutes) * (sign === '+' ? 1 : -1);
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
