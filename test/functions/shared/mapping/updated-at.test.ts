import { describe, expect, it } from 'vitest';
import { updatedAtReader } from '../../../../functions/shared/mapping/updated-at.ts';

const column = 'Changed';

describe('an ISO time', () => {
  const read = updatedAtReader({ column, format: 'iso' });
  const readLocal = updatedAtReader({ column, format: 'iso', timeZone: 'Asia/Tokyo' });

  it.each([
    ['2025-03-31T09:30:00+09:00', '2025-03-31T00:30:00.000Z'],
    ['2025-03-31T09:30:00Z', '2025-03-31T09:30:00.000Z'],
    ['2025-03-31 09:30:00 +0900', '2025-03-31T00:30:00.000Z'],
    ['2025-03-31 09:30:00+09', '2025-03-31T00:30:00.000Z'],
    ['2025-03-31T09:30-03:30', '2025-03-31T13:00:00.000Z'],
    ['2025-03-31T09:30:00.5Z', '2025-03-31T09:30:00.500Z'],
    ['2025-03-31T09:30:00.123456789Z', '2025-03-31T09:30:00.123Z'],
  ])('%s is %s', (value, expected) => {
    expect(new Date(read(value) ?? 0).toISOString()).toBe(expected);
  });

  it.each([
    ['2025-03-31T09:30:00', '2025-03-31T00:30:00.000Z'],
    ['2025-03-31', '2025-03-30T15:00:00.000Z'],
    ['2025-03-31 09:30:00Z', '2025-03-31T09:30:00.000Z'],
  ])('%s in Tokyo is %s', (value, expected) => {
    expect(new Date(readLocal(value) ?? 0).toISOString()).toBe(expected);
  });

  it.each(['2025-03-31T09:30:00', '2025-03-31'])('is unreadable without an offset and a time zone: %s', (value) => {
    expect(read(value)).toBeUndefined();
  });

  it.each([
    '',
    '1',
    '31.03.2025',
    '2025-3-31',
    '2025-02-30T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-03-31T24:00:00Z',
    '2025-03-31T23:60:00Z',
    '2025-03-31T23:59:60Z',
    '2025-03-31T09:30:00+15:00',
    '2025-03-31T09:30:00+09:60',
    '2025-03-31T09:30:00 JST',
    '2025-03-31T09:30:00Z and more',
    '1969-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
    '0000-00-00 00:00:00',
    '1767225600',
  ])('is unreadable as %s', (value) => {
    expect(read(value)).toBeUndefined();
    expect(readLocal(value)).toBeUndefined();
  });
});

describe('a number', () => {
  const seconds = updatedAtReader({ column, format: 'epochSeconds' });
  const milliseconds = updatedAtReader({ column, format: 'epochMilliseconds' });

  it('counts seconds, with a fraction or without', () => {
    expect(seconds('1743381000')).toBe(1_743_381_000_000);
    expect(seconds('1743381000.25')).toBe(1_743_381_000_250);
  });

  it('counts milliseconds', () => {
    expect(milliseconds('1743381000123')).toBe(1_743_381_000_123);
  });

  it.each(['', '-1', '1e9', '0x10', '1,743', ' 1', '2025-03-31T00:00:00Z', 'NaN'])('is unreadable as "%s"', (value) => {
    expect(seconds(value)).toBeUndefined();
    expect(milliseconds(value)).toBeUndefined();
  });

  it('of milliseconds has no fraction', () => {
    expect(milliseconds('1743381000123.5')).toBeUndefined();
  });
});
