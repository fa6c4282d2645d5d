import { describe, expect, it } from 'vitest';
import { allowed, readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const without = synthesized({ mapping: 'test/chaos/mappings/changes.json' });
const clearing = synthesized({ mapping: 'test/chaos/mappings/clearing.json' });
const WORKERS = ['FunctionsSyncChunk', 'LiveEventsSyncEvent'];

function variables(template: typeof clearing, name: string): Record<string, unknown> {
  const { Properties } = resourceNamed(template, 'AWS::Lambda::Function', `${name}Function`);
  return (readable(Properties.Environment) as { Variables: Record<string, unknown> }).Variables;
}

describe('a mapping that clears fields', () => {
  it('lets the workers find and update profiles of the domain, and nobody else', () => {
    const domain = 'arn:<AWS::Partition>:profile:<AWS::Region>:<AWS::AccountId>:domains/demo';
    const wanted = [`profile:SearchProfiles ${domain}`, `profile:UpdateProfile ${domain}`];
    const rolesOf = (template: typeof clearing) =>
      resourcesOf(template, 'AWS::IAM::Policy').flatMap(([name]) => name.match(/^(.*)DefaultPolicy$/)?.[1] ?? []);
    for (const role of rolesOf(clearing)) {
      const more = allowed(clearing, role).filter(
        (each) => each.startsWith('profile:') && !each.includes(':PutProfile'),
      );
      expect(more, role).toEqual(WORKERS.some((worker) => role === `${worker}Role`) ? wanted : []);
    }
    for (const role of rolesOf(without)) {
      expect(allowed(without, role).filter((each) => /Search|UpdateProfile/.test(each))).toEqual([]);
    }
  });

  it('gives them a rate of its own, which the outputs tell; live events have a tenth of it first', () => {
    for (const worker of WORKERS) {
      expect(variables(clearing, worker).RATES_OF_OTHER_APIS).toBe('{"UpdateProfile":{"quota":20,"reserve":2}}');
      expect(variables(without, worker)).not.toHaveProperty('RATES_OF_OTHER_APIS');
    }
    expect(clearing.findOutputs('RatesOfOtherApis').RatesOfOtherApis?.Value).toBe(
      '{"UpdateProfile":{"quota":20,"reserve":2}}',
    );
    expect(without.findOutputs('RatesOfOtherApis')).toEqual({});
    const slow = synthesized({ mapping: 'test/chaos/mappings/clearing.json', clearQuota: '5' });
    expect(slow.findOutputs('RatesOfOtherApis').RatesOfOtherApis?.Value).toBe(
      '{"UpdateProfile":{"quota":5,"reserve":0}}',
    );
  });

  it('gives the object type the highest priority, so that records fill again what was cleared', () => {
    const priority = (template: typeof clearing) =>
      resourcesOf(template, 'AWS::CustomerProfiles::ObjectType')[0]?.[1].Properties.SourcePriority;
    expect([priority(clearing), priority(without)]).toEqual([1, undefined]);
  });
});
