import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resubmissionKey, resubmits } from '../../../cli/exports/resubmissions.ts';

describe('the key of a resubmission', () => {
  it('names the run that it corrects, whatever run and file are called', () => {
    const name = fc.stringMatching(/^[\w.-]{1,80}$/);
    fc.assert(
      fc.property(name, name, (run, file) => {
        expect(resubmits(resubmissionKey('exports/', run, file))).toBe(run);
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
