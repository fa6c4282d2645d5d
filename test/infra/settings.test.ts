import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { InvalidConfiguration } from '../../functions/shared/errors.ts';
import { ratePlan } from '../../functions/shared/rate-plan.ts';
import { readSettings } from '../../infra/settings.ts';

function read(context: Readonly<Record<string, unknown>>) {
  return readSettings(new App({ context: { domainName: 'demo', ...context } }).node);
}

describe('settings', () => {
  it('need nothing but the domain', () => {
    expect(read({})).toEqual({
      domainName: 'demo',
      mappingPath: 'mappings/customer.json',
      plan: ratePlan(80),
      rejectedShareThreshold: 0.01,
      alarmEmail: undefined,
      createObjectType: true,
    });
  });

  it('are text from the command line and numbers from cdk.json', () => {
    const expected = {
      domainName: 'demo',
      mappingPath: 'mappings/other.json',
      plan: ratePlan(40, 0),
      rejectedShareThreshold: 0,
      alarmEmail: 'ops@example.com',
      createObjectType: false,
    };
    const texts = { quota: '40', reserve: '0', rejectedShareThreshold: '0', createObjectType: 'false' };
    const values = { quota: 40, reserve: 0, rejectedShareThreshold: 0, createObjectType: false };
    for (const each of [texts, values]) {
      expect(read({ mapping: 'mappings/other.json', alarmEmail: 'ops@example.com', ...each })).toEqual(expected);
    }
  });

  it.each([
    [{ domainName: undefined }, /domainName is missing.*npx cdk synth -c domainName=demo/],
    [{ domainName: '' }, /domainName is missing/],
    [{ domainName: 'my domain' }, /domainName is "my domain"; .*letters, digits, hyphens and underscores/],
    [{ domainName: 'd'.repeat(65) }, /1 to 64/],
    [{ quota: 'fast' }, /quota is "fast"; it must be a number/],
    [{ quota: '4' }, /quota is 4; .*5 or more/],
    [{ quota: '80.5' }, /quota is 80\.5; .*whole number/],
    [{ quota: '80', reserve: '41' }, /reserve for live events is 41; .*half of the quota \(40\)/],
    [{ rejectedShareThreshold: '1.5' }, /rejectedShareThreshold is 1\.5; .*from 0 to 1/],
    [{ rejectedShareThreshold: '-0.1' }, /rejectedShareThreshold is -0\.1/],
    [{ rejectedShareThreshold: '1%' }, /rejectedShareThreshold is "1%"; it must be a number/],
    [{ alarmEmail: 'ops' }, /alarmEmail is "ops", which is no e-mail address/],
    [{ createObjectType: 'no' }, /createObjectType is "no"; it must be true or false/],
  ])('refuse %o in words', (context, message) => {
    expect(() => read(context)).toThrow(InvalidConfiguration);
    expect(() => read(context)).toThrow(message);
  });
});
