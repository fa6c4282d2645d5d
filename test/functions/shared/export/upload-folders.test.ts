import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfNight, resubmissionKey, resubmits } from '../../../../functions/shared/export/upload-folders.ts';

describe('the key of a resubmission', () => {
  it('names the run that it corrects, whatever run and file are called, and is none of the night', () => {
    const name = fc.stringMatching(/^[\w.-]{1,80}$/);
    fc.assert(
      fc.property(name, name, (run, file) => {
        const key = resubmissionKey('exports/', run, file);
        expect(resubmits(key)).toBe(run);
        expect(isOfNight(key)).toBe(false);
      }),
    );
  });

  it.each([
    'exports/customers.csv',
    'exports/crm/resubmit/run/customers.csv',
    'exports/resubmit/customers.csv',
    'exports/resubmit/run/',
  ])('is not %s', (key) => expect(resubmits(key)).toBeUndefined());
});

it.each([
  ['exports/customers.csv', true],
  ['resync/customers.csv', true],
  ['exports/crm/test-row/customers.csv', true],
  ['exports/crm/resubmit/run/customers.csv', true],
  ['exports/test-row.csv', true],
  ['exports/test-row/customers-row-2.csv', false],
  ['resync/test-row/customers-row-2.csv', false],
])('%s: it is an export of a night: %s', (key, expected) => expect(isOfNight(key)).toBe(expected));
