import { expect, it } from 'vitest';
import { hostSettings } from '../../../cli/connect/host-settings.ts';

it.each([
  ['nothing', {}, { quota: '80' }, { putRatePerSecond: 80 }, []],
  ['the rate', { quota: 40 }, { quota: '40' }, { putRatePerSecond: 40 }, ['quota', 'putRatePerSecond']],
  ['the rate of the service', { serviceQuota: 20 }, { quota: '80' }, { putRatePerSecond: 20 }, ['putRatePerSecond']],
] as const)('exports are sent one by one if %s is given', (_, options, context, settings, insistsOn) => {
  expect(hostSettings(options)).toEqual({ context, settings, insistsOn });
});

it.each([
  [{ batchQuota: 50 }, { batchQuota: '50', batchPermitFor: 'item' }, { accepts: 50, counts: 'item' }],
  [
    { batchQuota: 8, batchPermitFor: 'call' },
    { batchQuota: '8', batchPermitFor: 'call' },
    { accepts: 8, counts: 'call' },
  ],
  [
    { batchQuota: 50, serviceQuota: 20 },
    { batchQuota: '50', batchPermitFor: 'item' },
    { accepts: 20, counts: 'item' },
  ],
] as const)(
  'exports are sent in batches with %j, which the service counts as the permits do',
  (options, context, service) => {
    const asked = hostSettings(options);
    expect(asked.context).toEqual({ quota: '80', ...context });
    expect(asked.settings).toMatchObject({
      putRatePerSecond: 80,
      otherRatesPerSecond: { BatchPutProfileObject: service.accepts, SearchProfiles: 100 },
      batchCounts: service.counts,
    });
    expect(asked.insistsOn).toEqual(expect.arrayContaining([...Object.keys(context), 'otherRatesPerSecond']));
  },
);
