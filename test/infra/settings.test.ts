import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { InvalidConfiguration } from '../../functions/shared/errors.ts';
import { readSettings } from '../../infra/settings.ts';

function read(context: Readonly<Record<string, unknown>>) {
  return readSettings(new App({ context: { domainName: 'demo', ...context } }).node);
}

describe('settings', () => {
  it('need nothing but the domain', () => {
    expect(read({})).toEqual({ domainName: 'demo', mappingPath: 'mappings/customer.json', thresholds: {} });
  });

  it('are text from the command line and numbers from cdk.json', () => {
    const expected = {
      domainName: 'demo',
      newDomain: { defaultExpirationDays: 366 },
      mappingPath: 'mappings/other.json',
      quota: 40,
      reserve: 0,
      clearQuota: 10,
      deleteQuota: 15,
      reservedConcurrency: 6,
      batchQuota: 50,
      batchPermitFor: 'call',
      thresholds: { rejectedShareWarning: 0, rejectedShareCritical: 0.2 },
      alarmEmails: ['ops@example.com', 'crm@example.com'],
      createObjectType: true,
      schedule: { exportBy: '02:00', doneBy: '06:00', timeZone: 'Asia/Tokyo', days: ['MON', 'TUE'] },
      logLevel: 'DEBUG',
    };
    const texts = {
      quota: '40',
      reserve: '0',
      clearQuota: '10',
      deleteQuota: '15',
      reservedConcurrency: '6',
      batchQuota: '50',
      rejectedShareThreshold: '0',
      rejectedShareCritical: '0.2',
      createObjectType: 'true',
      createDomain: 'true',
      defaultExpirationDays: '366',
    };
    const values = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(text)]));
    for (const each of [texts, values]) {
      const context = {
        mapping: 'mappings/other.json',
        alarmEmail: 'ops@example.com, crm@example.com',
        exportBy: '02:00',
        doneBy: '06:00',
        timeZone: 'Asia/Tokyo',
        days: 'MON,TUE',
        logLevel: 'DEBUG',
        batchPermitFor: 'call',
        ...each,
      };
      expect(read(context)).toEqual(expected);
    }
  });

  it.each([
    [{ domainName: undefined }, /domainName is missing.*npx cdk synth -c domainName=demo/],
    [{ domainName: '' }, /domainName is missing/],
    [{ domainName: 'my domain' }, /domainName is "my domain"; .*letters, digits, hyphens and underscores/],
    [{ domainName: 'd'.repeat(65) }, /1 to 64/],
    [{ batchPermitFor: 'row' }, /batchPermitFor has "row"; allowed are item, call/],
    [{ quota: 'fast' }, /quota is "fast"; it must be a number/],
    [{ rejectedShareThreshold: '1.5' }, /rejectedShareThreshold is 1\.5; .*from 0 to 1/],
    [{ rejectedShareThreshold: '-0.1' }, /rejectedShareThreshold is -0\.1/],
    [{ rejectedShareThreshold: '1%' }, /rejectedShareThreshold is "1%"; it must be a number/],
    [{ rejectedShareCritical: '2' }, /rejectedShareCritical is 2; .*from 0 to 1/],
    [{ alarmEmail: 'ops@example.com,ops' }, /alarmEmail has "ops", which is no e-mail address/],
    [{ createObjectType: 'no' }, /createObjectType is "no"; it must be true or false/],
    [{ createDomain: 'true' }, /defaultExpirationDays is missing.*-c defaultExpirationDays=366/],
    [{ defaultExpirationDays: '30' }, /defaultExpirationDays is 30, which is for a new domain only.*createDomain=true/],
    [{ exportBy: '02:00' }, /doneBy and timeZone is missing; a schedule needs all three/],
    [{ days: 'MON' }, /exportBy and doneBy and timeZone is missing/],
    [
      { exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC', days: 'MON,Tuesday' },
      /days has "Tuesday"; allowed are MON, TUE/,
    ],
    [{ logLevel: 'loud' }, /logLevel has "loud"; allowed are DEBUG, INFO, WARN, ERROR/],
  ])('refuse %o in words', (context, message) => {
    expect(() => read(context)).toThrow(InvalidConfiguration);
    expect(() => read(context)).toThrow(message);
  });
});
