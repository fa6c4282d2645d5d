import { describe, expect, it } from 'vitest';
import { smallMappingFile } from '../helpers/small-export.ts';
import { allowed, readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const deletes = (action: 'object' | 'profile') =>
  smallMappingFile({ deletes: { column: 'gone', values: ['1'], action, maxCount: 5, maxShare: 0.1 } });
const templates = {
  object: synthesized({ mapping: deletes('object') }),
  profile: synthesized({ mapping: deletes('profile') }),
};
const without = synthesized({ mapping: smallMappingFile() });
type SynthesizedTemplate = typeof without;

const DOMAIN = 'arn:<AWS::Partition>:profile:<AWS::Region>:<AWS::AccountId>:domains/demo';
const TYPE = `${DOMAIN}/object-types/Small`;
const WANTED = {
  object: [
    ...['profile:DeleteProfileObject', 'profile:ListProfileObjects'].flatMap((each) => [
      `${each} ${DOMAIN}`,
      `${each} ${TYPE}`,
    ]),
    `profile:SearchProfiles ${DOMAIN}`,
  ],
  profile: [
    `profile:DeleteProfile ${DOMAIN}`,
    `profile:ListProfileObjects ${DOMAIN}`,
    `profile:ListProfileObjects ${TYPE}`,
    `profile:SearchProfiles ${DOMAIN}`,
  ],
};

const rolesOf = (template: SynthesizedTemplate) =>
  resourcesOf(template, 'AWS::IAM::Policy').flatMap(([name]) => name.match(/^(.*)DefaultPolicy$/)?.[1] ?? []);
const ofProfiles = (template: SynthesizedTemplate, role: string) =>
  allowed(template, role)
    .filter((each) => each.startsWith('profile:') && !each.includes(':PutProfileObject '))
    .sort();

function variables(template: SynthesizedTemplate, name: string): Record<string, unknown> {
  const { Properties } = resourceNamed(template, 'AWS::Lambda::Function', `${name}Function`);
  return (readable(Properties.Environment) as { Variables: Record<string, unknown> }).Variables;
}

describe('a mapping that deletes', () => {
  it.each(['object', 'profile'] as const)('lets the worker of exports delete the %s, and nobody else', (action) => {
    for (const role of rolesOf(templates[action])) {
      const wanted = role === 'FunctionsSyncChunkRole' ? WANTED[action].toSorted() : [];
      expect(ofProfiles(templates[action], role), role).toEqual(wanted);
    }
  });

  it('gives it a rate of its own, of which nothing is kept for live events', () => {
    const rates = '{"DeleteProfile":{"quota":20,"reserve":0}}';
    expect(variables(templates.object, 'FunctionsSyncChunk').RATES_OF_OTHER_APIS).toBe(rates);
    expect(templates.object.findOutputs('RatesOfOtherApis').RatesOfOtherApis?.Value).toBe(rates);
    const slow = synthesized({ mapping: deletes('object'), deleteQuota: '5' });
    expect(variables(slow, 'FunctionsSyncChunk').RATES_OF_OTHER_APIS).toBe('{"DeleteProfile":{"quota":5,"reserve":0}}');
  });

  it('changes nothing else: without it no role may delete', () => {
    for (const role of rolesOf(without)) expect(ofProfiles(without, role)).toEqual([]);
    expect(variables(without, 'FunctionsSyncChunk')).not.toHaveProperty('RATES_OF_OTHER_APIS');
  });
});
