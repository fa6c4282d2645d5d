import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonFault } from '../../../../functions/shared/mapping/json-syntax.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it('finds a fault exactly where JSON.parse does not accept the text', () => {
  const damaged = fc
    .tuple(
      fc.json(),
      fc.nat(),
      fc.nat(2),
      fc.constantFrom('', ',', '"', '}', '\\', '\n', '0', 'e', '-', '\u0007', '日'),
    )
    .map(([json, position, removed, inserted]) => {
      const at = position % (json.length + 1);
      return json.slice(0, at) + inserted + json.slice(at + removed);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged), (text) => {
      expect(jsonFault(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 2_000 },
  );
});

it('counts lines and columns from 1', () => {
  expect(jsonFault('[1,\n  2,\n  x]')).toEqual({ line: 3, column: 3 });
});
