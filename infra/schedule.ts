import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { isTimeZone } from '../functions/shared/mapping/zoned-time.ts';
import { TIME_OF_DAY } from '../functions/shared/time-of-day.ts';
import type { Schedule, Weekday } from './profile-sync-props.ts';

export const WEEKDAYS: readonly Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** A schedule with its days named. */
export type CheckedSchedule = Required<Schedule>;

/** @throws InvalidConfiguration naming the prop, what it was and what is allowed. */
export function checkedSchedule(schedule: Schedule): CheckedSchedule {
  const { exportBy, doneBy, timeZone, days = WEEKDAYS } = schedule;
  for (const [name, time] of Object.entries({ exportBy, doneBy })) {
    if (TIME_OF_DAY.test(time)) continue;
    throw new InvalidConfiguration(
      `schedule.${name} is "${time}"; it must be a time of day as HH:MM, from 00:00 to 23:59, for example 02:00.`,
    );
  }
  if (exportBy === doneBy) {
    throw new InvalidConfiguration(
      `schedule.exportBy and schedule.doneBy are both ${exportBy}; a run needs time between them. Set doneBy to when its data must be there.`,
    );
  }
  if (!isTimeZone(timeZone)) {
    throw new InvalidConfiguration(
      `schedule.timeZone is "${timeZone}", which is no known time zone; give a name of the IANA database, for example Asia/Tokyo or UTC.`,
    );
  }
  const unknown = days.find((day) => !WEEKDAYS.includes(day));
  if (unknown !== undefined) {
    throw new InvalidConfiguration(`schedule.days has "${unknown}"; the days are ${WEEKDAYS.join(', ')}.`);
  }
  if (days.length === 0) {
    throw new InvalidConfiguration(
      'schedule.days is empty: no export would ever be expected. Name the days, or leave it out for every day.',
    );
  }
  return { exportBy, doneBy, timeZone, days: WEEKDAYS.filter((day) => days.includes(day)) };
}

/** As one JSON object, in the form that the commands read. */
export function scheduleText({ exportBy, doneBy, timeZone, days }: CheckedSchedule): string {
  return JSON.stringify({ exportBy, doneBy, timeZone, days: days.join(',') });
}
