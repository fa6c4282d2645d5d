import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConfiguration } from '../../../functions/shared/errors.ts';
import { lastNight, nightOf, readSchedule } from '../../../functions/watch-runs/schedule.ts';

const DAILY = { exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo', days: 'MON,TUE,WED,THU,FRI,SAT,SUN' };
const HOUR = 3_600_000;
const ZONES = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'UTC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function nightAt(now: string, over: Partial<typeof DAILY> = {}) {
  const { exportBy, doneBy, opensAt, endsAt } = lastNight(readSchedule({ ...DAILY, ...over }), Date.parse(now));
  const iso = (time: number) => new Date(time).toISOString().replace(':00.000Z', 'Z');
  return { opensAt: iso(opensAt), exportBy: iso(exportBy), doneBy: iso(doneBy), endsAt: iso(endsAt) };
}

describe('the last night', () => {
  it.each([
    ['is the one of now', '2026-11-10T17:00:00Z', '2026-11-10T17:00Z', '2026-11-10T21:00Z'],
    [
      'is yesterday’s until the next export is expected',
      '2026-11-10T16:59:59Z',
      '2026-11-09T17:00Z',
      '2026-11-09T21:00Z',
    ],
    ['is over only when the next one begins', '2026-11-11T10:00:00Z', '2026-11-10T17:00Z', '2026-11-10T21:00Z'],
  ])('%s', (_, now, exportBy, doneBy) => {
    expect(nightAt(now)).toMatchObject({ exportBy, doneBy });
  });

  it('opens six hours before its export is expected, and lasts until the next one opens', () => {
    expect(nightAt('2026-11-10T18:00:00Z')).toMatchObject({
      opensAt: '2026-11-10T11:00Z',
      endsAt: '2026-11-11T11:00Z',
    });
  });

  it('lasts over the days on which none is expected', () => {
    // Friday to Monday, in Tokyo.
    expect(nightAt('2026-11-15T12:00:00Z', { days: 'MON,TUE,WED,THU,FRI' })).toEqual({
      opensAt: '2026-11-12T11:00Z',
      exportBy: '2026-11-12T17:00Z',
      doneBy: '2026-11-12T21:00Z',
      endsAt: '2026-11-15T11:00Z',
    });
  });

  it('may be a week ago', () => {
    expect(nightAt('2026-11-15T12:00:00Z', { days: 'sun', exportBy: '23:00', timeZone: 'UTC' })).toMatchObject({
      exportBy: '2026-11-08T23:00Z',
      endsAt: '2026-11-15T17:00Z',
    });
  });

  it('may be a week ago where it is still yesterday', () => {
    const saturdays = { days: 'SAT', exportBy: '22:00', timeZone: 'America/New_York' };
    expect(nightAt('2026-11-15T02:59:00Z', saturdays)).toMatchObject({ exportBy: '2026-11-08T03:00Z' });
  });

  it.each([
    ['the next day, if that is earlier on the clock', '22:00', '04:00', '2026-11-10T22:00Z', '2026-11-11T04:00Z'],
    ['a day later, if it is the same time', '06:00', '06:00', '2026-11-10T06:00Z', '2026-11-11T06:00Z'],
  ])('is to be done by %s', (_, exportBy, doneBy, from, to) => {
    expect(nightAt('2026-11-10T23:00:00Z', { exportBy, doneBy, timeZone: 'UTC' })).toMatchObject({
      exportBy: from,
      doneBy: to,
    });
  });

  it.each([
    [
      'is an hour shorter when the clock goes forward',
      '2026-03-29T05:00:00Z',
      '2026-03-29T00:00Z',
      '2026-03-29T04:00Z',
    ],
    ['is an hour longer when it goes back', '2026-10-25T06:00:00Z', '2026-10-24T23:00Z', '2026-10-25T05:00Z'],
  ])('%s', (_, now, exportBy, doneBy) => {
    expect(nightAt(now, { timeZone: 'Europe/Berlin', exportBy: '01:00' })).toMatchObject({ exportBy, doneBy });
  });

  it('has a deadline not before its export when the clock skips both times', () => {
    const night = nightAt('2026-03-29T05:00:00Z', { timeZone: 'Europe/Berlin', exportBy: '02:30', doneBy: '03:00' });
    expect(night).toMatchObject({ exportBy: '2026-03-29T01:30Z', doneBy: '2026-03-29T01:30Z' });
  });

  it.each(ZONES)('in %s is at its wall clock times, on an expected day, and the newest that is past', (timeZone) => {
    const wall = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
    const clock = fc.tuple(fc.integer({ min: 4, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const days = fc.subarray(DAYS, { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 2e12 }), clock, clock, days, (now, exportBy, doneBy, names) => {
        // From 04:00 on: no zone skips or repeats a time then.
        const [from, to] = [exportBy, doneBy].map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
        const text = { exportBy: from ?? '', doneBy: to ?? '', timeZone, days: names.join(',') };
        const night = lastNight(readSchedule(text), now);
        const [day = '', time] = wall.format(night.exportBy).split(' ');
        expect(time).toBe(from);
        expect(names).toContain(day.toUpperCase());
        expect(wall.format(night.doneBy)).toContain(to);
        expect(night.doneBy).toBeGreaterThan(night.exportBy);
        expect(night.doneBy - night.exportBy).toBeLessThanOrEqual(25 * HOUR);
        expect(night.exportBy).toBeLessThanOrEqual(now);
        expect(night.endsAt + 6 * HOUR).toBeGreaterThan(now);
        // Nothing is between two nights.
        expect(lastNight(readSchedule(text), night.endsAt + 6 * HOUR).opensAt).toBe(night.endsAt);
      }),
    );
  });
});

describe('the night of a run', () => {
  it.each([
    ['that came early is the coming one', '2026-11-10T16:40:00Z', '2026-11-10T17:00Z'],
    ['that came in the day is the one before', '2026-11-11T10:59:00Z', '2026-11-10T17:00Z'],
    [
      'that came more than six hours before the next export is expected, too',
      '2026-11-10T10:59:00Z',
      '2026-11-09T17:00Z',
    ],
  ])('%s', (_, startedAt, exportBy) => {
    expect(nightOf(readSchedule(DAILY), Date.parse(startedAt)).exportBy).toBe(Date.parse(exportBy));
  });
});

describe('a schedule', () => {
  it.each([
    [{ exportBy: '2:00' }, /"2:00" is no time of day/],
    [{ doneBy: '24:00' }, /"24:00" is no time of day/],
    [{ timeZone: 'Tokyo' }, /time zone "Tokyo" is unknown/],
    [{ days: 'MON,DAILY' }, /"DAILY" is no day of the week/],
    [{ days: '' }, /"" is no day of the week/],
  ])('of %o is refused', (over, message) => {
    expect(() => readSchedule({ ...DAILY, ...over })).toThrow(InvalidConfiguration);
    expect(() => readSchedule({ ...DAILY, ...over })).toThrow(message);
  });
});
