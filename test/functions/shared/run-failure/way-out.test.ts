import { expect, it } from 'vitest';
import { wayOut } from '../../../../functions/shared/run-failure/way-out.ts';

it.each([
  [[], 'redrive', []],
  [['Nobody.Foresaw'], 'redrive', ['States.ALL']],
  [['ItemsThrottled', 'NoPermit'], 'redrive', ['ItemsThrottled', 'NoPermit']],
  [['ItemsThrottled', 'MappingChanged', 'ExportChanged'], 'upload again', ['MappingChanged', 'ExportChanged']],
  [['ItemsThrottled', 'MappingChanged', 'InvalidExport'], 'correct and upload again', ['InvalidExport']],
])('the way out of %j is to %s, for the sake of %j', (names, remedy, causes) => {
  const found = wayOut(names);
  expect(found.remedy).toBe(remedy);
  expect(found.errors.map(({ name }) => name)).toEqual(causes);
});
