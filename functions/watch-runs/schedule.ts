import { InvalidConfiguration } from '../shared/errors.ts';
import { isTimeZone, zonedTimeReader } from '../shared/mapping/zoned-time.ts';
import { TIME_OF_DAY } from '../shared/time-of-day.ts';

const DAY_MS = 86_400_000;
/**
 * An export that comes so long before its time, or less, is the one that is expected then. With more, a correction that is
 * uploaded in the afternoon, under a name of its own, would hide that the export of the night is missing.
 */
const COMES_EARLY_MS = 6 * 3_600_000;
const WEEK_DAYS = 7;
/** As `Date` counts them. */
const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** When exports are expected, and by when their runs must be done. */
export interface Schedule {
  readonly exportBy: TimeOfDay;
  readonly doneBy: TimeOfDay;
  /** Days of the week on which an export is expected at `exportBy`, as `Date` counts them: 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  readonly toEpoch: ReturnType<typeof zonedTimeReader>;
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/** One time that an export is expected. All times are epoch milliseconds. */
export interface Night {
  /** A run that started after this is one of an export that the night expects. */
  readonly opensAt: number;
  readonly exportBy: number;
  readonly doneBy: number;
  /** When the next night opens. */
  readonly endsAt: number;
}

/**
 * @param text times as `02:00`, an IANA time zone, days as `MON,TUE`.
 * @throws InvalidConfiguration naming what is wrong.
 */
export function readSchedule(text: {
  readonly exportBy: string;
  readonly doneBy: string;
  readonly timeZone: string;
  readonly days: string;
}): Schedule {
  if (!isTimeZone(text.timeZone)) {
    throw new InvalidConfiguration(`The time zone "${text.timeZone}" is unknown; an example is Asia/Tokyo.`);
  }
  return {
    exportBy: timeOfDay(text.exportBy),
    doneBy: timeOfDay(text.doneBy),
    days: new Set(text.days.split(',').map(dayOf)),
    toEpoch: zonedTimeReader(text.timeZone),
  };
}

function timeOfDay(text: string): TimeOfDay {
  const [, hour, minute] = TIME_OF_DAY.exec(text) ?? [];
  if (hour === undefined || minute === undefined) {
    throw new InvalidConfiguration(`"${text}" is no time of day; it must be hours and minutes, as 02:00.`);
  }
  return { hour: Number(hour), minute: Number(minute) };
}

function dayOf(name: string): number {
  const day = DAY_NAMES.indexOf(name.trim().toUpperCase());
  if (day < 0) throw new InvalidConfiguration(`"${name}" is no day of the week; they are ${DAY_NAMES.join(', ')}.`);
  return day;
}

/** The night whose `exportBy` passed last. */
export function lastNight(schedule: Schedule, now: number): Night {
  // Where it is a day later or earlier than in UTC, too, and the last night was a week before that.
  const tomorrow = Math.floor(now / DAY_MS) + 1;
  const isPast = (day: number) => isExpected(schedule, day) && exportByOf(schedule, day) <= now;
  const day = daysFrom(tomorrow, -1, WEEK_DAYS + 3).find(isPast);
  const next = day && daysFrom(day + 1, 1, WEEK_DAYS).find((later) => isExpected(schedule, later));
  if (!day || !next) throw new InvalidConfiguration('A schedule needs a day on which an export is expected.');
  const exportBy = exportByOf(schedule, day);
  return {
    opensAt: exportBy - COMES_EARLY_MS,
    exportBy,
    doneBy: Math.max(exportBy, doneByOf(schedule, day)),
    endsAt: exportByOf(schedule, next) - COMES_EARLY_MS,
  };
}

/** The night that a run belongs to which started then. */
export function nightOf(schedule: Schedule, startedAt: number): Night {
  return lastNight(schedule, startedAt + COMES_EARLY_MS);
}

/** Days are counted from the epoch and are those of the schedule's own calendar. */
function daysFrom(first: number, step: 1 | -1, count: number): number[] {
  return Array.from({ length: count }, (_, n) => first + n * step);
}

function isExpected({ days }: Schedule, day: number): boolean {
  return days.has(new Date(day * DAY_MS).getUTCDay());
}

function exportByOf(schedule: Schedule, day: number): number {
  return at(schedule, day, schedule.exportBy);
}

/** By the clock on the wall: the night that the clock skips one of the two times is as long as any other. */
function doneByOf(schedule: Schedule, day: number): number {
  const { exportBy, doneBy } = schedule;
  const isNextDay = doneBy.hour * 60 + doneBy.minute <= exportBy.hour * 60 + exportBy.minute;
  return at(schedule, isNextDay ? day + 1 : day, doneBy);
}

function at({ toEpoch }: Schedule, day: number, time: TimeOfDay): number {
  const date = new Date(day * DAY_MS);
  const local = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), ...time };
  const epoch = toEpoch(local);
  if (epoch === undefined) throw new RangeError('Every calendar day has every time of day.');
  return epoch;
}
