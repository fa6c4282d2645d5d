import { expect, it } from 'vitest';
import { leaks } from './leaks.ts';
import type { Scenario } from './types.ts';

const SCENARIO: Scenario = {
  seed: 1,
  mapping: 'test/chaos/mappings/changes.json',
  quota: 40,
  phases: [
    {
      steps: [
        { kind: 'export', atMs: 0, name: 'a.csv', content: 'customer_id,phone\nC-zq7abcdef,090-2345-6789\n' },
        {
          kind: 'event',
          atMs: 0,
          source: 'crm',
          detailType: 'Customer Changed',
          detail: '{"record":{"phone":"+81 80 3456 7890"}}',
          time: '2026-01-01T00:00:00Z',
        },
      ],
    },
  ],
};

it.each([
  ['a mark', 'row 3: C-zq7abcdef is too long'],
  ['a mark that was changed to upper case', 'ZQ7ABCDEF@EXAMPLE.COM'],
  ['a mark within other text', '{"Object":"{\\"name\\":\\"xzq7abcdefx\\"}"}'],
  ['a phone number as it was written', 'called 090-2345-6789 today'],
  ['a phone number in E.164', '"+819023456789"'],
  ['the phone number of an event', '08034567890'],
])('finds %s', (_what, text) => {
  expect(
    leaks(SCENARIO, 2, [
      { place: 'log', text: 'nothing' },
      { place: 'notice', text },
    ]),
  ).toEqual([{ phase: 2, what: expect.stringContaining('notice') }]);
});

it.each([
  ['epoch milliseconds', '1795352345678'],
  ['a phone number that no customer has', '090-2345-6780'],
  ['the beginning of a mark', 'zq7 zq7abc'],
  ['a random id that looks like a mark', '"versionId":"QJmmKymFuxopJX9ZQ7BkflPIlW6ceYBU"'],
])('does not take %s for customer data', (_what, text) => {
  expect(leaks(SCENARIO, 0, [{ place: 'log', text }])).toEqual([]);
});
