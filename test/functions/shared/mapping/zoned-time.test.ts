import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, zonedTimeReader } from '../../../../functions/shared/mapping/zoned-time.ts';

const ZONES = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati', 'UTC'];

function wallClock(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
}

function parse(wall: string) {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = wall.split(/\D/).map(Number);
  return { year, month, day, hour, minute, second };
}

describe('zonedTimeReader', () => {
  it.each([
    ['Asia/Tokyo', '2025-01-01 00:00:00', '2024-12-31T15:00:00.000Z'],
    ['Europe/Berlin', '2025-07-01 12:00:00', '2025-07-01T10:00:00.000Z'],
    ['Europe/Berlin', '2025-01-01 12:00:00', '2025-01-01T11:00:00.000Z'],
    // Skipped, 02:00 to 03:00: moved on by the hour.
    ['Europe/Berlin', '2025-03-30 02:30:00', '2025-03-30T01:30:00.000Z'],
    // Twice, 02:00 to 03:00: the first.
    ['Europe/Berlin', '2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
    ['America/New_York', '2025-03-09 01:59:59', '2025-03-09T06:59:59.000Z'],
    ['America/New_York', '2025-03-09 03:00:00', '2025-03-09T07:00:00.000Z'],
    ['America/New_York', '2025-11-02 01:30:00', '2025-11-02T05:30:00.000Z'],
    ['America/New_York', '2025-11-02 02:00:00', '2025-11-02T07:00:00.000Z'],
    // Half an hour of daylight saving time.
    ['Australia/Lord_Howe', '2025-10-05 02:15:00', '2025-10-04T15:45:00.000Z'],
  ])('reads in %s %s as %s', (timeZone, local, expected) => {
    expect(new Date(zonedTimeReader(timeZone)(parse(local)) ?? 0).toISOString()).toBe(expected);
  });

  it.each(ZONES)('gives back any wall clock of %s', (timeZone) => {
    const read = zonedTimeReader(timeZone);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (seconds) => {
        const wall = wallClock(seconds * 1_000, timeZone);
        expect(wallClock(read(parse(wall)) ?? 0, timeZone)).toBe(wall);
      }),
    );
  });

  it('has no time for a day that does not exist', () => {
    expect(zonedTimeReader('Asia/Tokyo')({ year: 2025, month: 2, day: 30 })).toBeUndefined();
  });
});

it.each([
  ['Asia/Tokyo', true],
  ['UTC', true],
  ['Asia/Tokio', false],
  ['', false],
])('isTimeZone tells of "%s": %s', (timeZone, expected) => {
  expect(isTimeZone(timeZone)).toBe(expected);
});
