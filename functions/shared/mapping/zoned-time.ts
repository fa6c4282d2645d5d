import { type CalendarTime, utcTime } from './calendar.ts';

const DAY_MS = 86_400_000;

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/**
 * A function that turns a local time of a zone into epoch ms; undefined for a day or time that no calendar has.
 *
 * A local time that happens twice (the clock goes back) is its first occurrence. One that is skipped (the clock goes
 * forward) is moved on by the skipped time, as java.time and Temporal do.
 */
export function zonedTimeReader(timeZone: string): (local: CalendarTime) => number | undefined {
  const offsetAt = offsetReader(timeZone);
  const offsetByDay = new Map<number, number>();
  const offsetAtDay = (day: number): number => {
    let offset = offsetByDay.get(day);
    if (offset === undefined) {
      offset = offsetAt(day * DAY_MS);
      offsetByDay.set(day, offset);
    }
    return offset;
  };
  return (local) => {
    const asUtc = utcTime(local);
    if (asUtc === undefined) return undefined;
    // Offsets are at most 14 hours, so these two days are before and after the local time, wherever it is. On nearly all
    // days both have the same offset, and a lookup by day is far cheaper than asking Intl for each time.
    const day = Math.floor(asUtc / DAY_MS);
    const before = offsetAtDay(day - 1);
    const after = offsetAtDay(day + 2);
    if (before === after || offsetAt(asUtc - before) === before) return asUtc - before;
    return offsetAt(asUtc - after) === after ? asUtc - after : asUtc - before;
  };
}

/** A function that tells how far a zone is ahead of UTC at an instant; both in ms. */
function offsetReader(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(instant / 1_000) * 1_000;
  };
}
