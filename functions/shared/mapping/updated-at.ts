import { utcTime } from './calendar.ts';
import { commonIsoTime } from './common-iso-time.ts';
import type { MappingDefinition } from './types.ts';
import { zonedTimeReader } from './zoned-time.ts';

type UpdatedAt = NonNullable<MappingDefinition['updatedAt']>;

/** Date, optional time, optional offset. No `Date.parse`: it also reads `1` and `May 5 or so`, each runtime its own way. */
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?)?$/;
/** Eleven digits of seconds reach the year 5138, fourteen of milliseconds too. */
const EPOCH_SECONDS = /^\d{1,11}(?:\.\d{1,9})?$/;
const EPOCH_MILLISECONDS = /^\d{1,14}$/;

const MINUTE_MS = 60_000;
/** Offsets of time zones are between -12 and +14 hours. */
const MAX_OFFSET_MS = 14 * 60 * MINUTE_MS;

/**
 * A function that reads a trimmed `updatedAt` value: epoch ms, or undefined if it is unreadable. A time before 1970 is
 * unreadable too: no record was updated then, such a value stands for "never" in some databases.
 */
export function updatedAtReader(updatedAt: UpdatedAt): (value: string) => number | undefined {
  const read = readerOf(updatedAt);
  return (value) => {
    const time = read(value);
    return time !== undefined && time >= 0 ? time : undefined;
  };
}

/** What a value must look like, for the reason of a rejection. */
export function updatedAtFormat({ format, timeZone }: UpdatedAt): string {
  if (format === 'epochSeconds') return 'seconds since 1970';
  if (format === 'epochMilliseconds') return 'milliseconds since 1970';
  return timeZone === undefined
    ? 'an ISO 8601 time with an offset, such as 2026-03-31T09:30:00+09:00 (without one, the mapping must name updatedAt.timeZone)'
    : `an ISO 8601 time, such as 2026-03-31T09:30:00 (in ${timeZone}) or 2026-03-31T00:30:00Z`;
}

function readerOf({ format, timeZone }: UpdatedAt): (value: string) => number | undefined {
  if (format === 'epochSeconds') {
    return (value) => (EPOCH_SECONDS.test(value) ? Math.floor(Number(value) * 1_000) : undefined);
  }
  if (format === 'epochMilliseconds') return (value) => (EPOCH_MILLISECONDS.test(value) ? Number(value) : undefined);
  const fromLocal = timeZone === undefined ? undefined : zonedTimeReader(timeZone);
  return (value) => commonIsoTime(value) ?? isoTime(value, fromLocal);
}

function isoTime(value: string, fromLocal: ReturnType<typeof zonedTimeReader> | undefined): number | undefined {
  const found = ISO.exec(value);
  if (found === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour = 0,
    minute = 0,
    second = 0,
    fraction = '',
    utc,
    sign,
    offsetHours,
    offsetMinutes = 0,
  ] = found;
  const local = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  };
  if (utc === undefined && sign === undefined) return fromLocal?.(local);
  const asUtc = utcTime(local);
  if (asUtc === undefined || utc !== undefined) return asUtc;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * MINUTE_MS;
  if (offset > MAX_OFFSET_MS || Number(offsetMinutes) > 59) return undefined;
  return sign === '+' ? asUtc - offset : asUtc + offset;
}
