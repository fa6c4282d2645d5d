import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commonIsoTime } from '../../../../functions/shared/mapping/common-iso-time.ts';
import { updatedAtReader } from '../../../../functions/shared/mapping/updated-at.ts';

/** A space instead of the T is read by the general reader alone. */
const general = updatedAtReader({ column: 'Changed', format: 'iso' });
const generally = (text: string) => general(text.replace('T', ' '));

const padded = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'));
const times = fc
  .tuple(
    fc.integer({ min: 1960, max: 2100 }),
    padded(13),
    padded(32),
    padded(25),
    padded(61),
    padded(61),
    fc.oneof(
      fc.constant('Z'),
      fc.tuple(fc.constantFrom('+', '-'), padded(15), padded(61)).map(([s, h, m]) => `${s}${h}:${m}`),
    ),
  )
  .map(
    ([year, month, day, hour, minute, second, zone]) => `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`,
  );

it('whatever it reads, it reads as the general reader does', () => {
  fc.assert(
    fc.property(times, (text) => {
      const time = commonIsoTime(text);
      if (time !== undefined) expect(time).toBe(generally(text));
    }),
    { numRuns: 2_000 },
  );
});

it('reads the two common forms itself', () => {
  const forms = [
    '2025-03-31T09:30:00Z',
    '2025-03-28T09:30:00+09:00',
    '2024-03-01T01:30:00+09:00',
    '2025-03-28T09:30:00-03:30',
  ];
  expect(forms.map(commonIsoTime)).toEqual(forms.map((text) => Date.parse(text)));
});

it.each([
  '',
  '2025-03-28',
  '2025-03-28T09:30:00',
  '2025-03-28 09:30:00Z',
  '2O25-03-28T09:30:00Z',
  '2025-03-28T09:30:00+9:000',
])('leaves "%s" to the general reader', (text) => {
  expect(commonIsoTime(text)).toBeUndefined();
});
