import { describe, expect, it } from 'vitest';
import { exportTimeFromKey } from '../../../../functions/shared/mapping/export-time.ts';
import { definitionOf, exampleFile } from './example.ts';

function timeOf(key: string, pattern: string, timeZone = 'Asia/Tokyo'): string | undefined {
  const definition = definitionOf({ ...exampleFile(), exports: { timeInKey: { pattern, timeZone } } });
  const time = exportTimeFromKey(definition, key);
  return time === undefined ? undefined : new Date(time).toISOString();
}

describe('exportTimeFromKey', () => {
  it.each([
    ['exports/customers-2026-11-21.csv', 'customers-{yyyy}-{MM}-{dd}', '2026-11-20T15:00:00.000Z'],
    ['exports/2026/11/21/crm-0230.csv', '{yyyy}/{MM}/{dd}/crm-{HH}{mm}', '2026-11-20T17:30:00.000Z'],
    ['exports/crm2_20261121T023015.jsonl', '{yyyy}{MM}{dd}T{HH}{mm}{ss}', '2026-11-20T17:30:15.000Z'],
    ['exports/顧客 (2026.11.21).csv', '({yyyy}.{MM}.{dd})', '2026-11-20T15:00:00.000Z'],
    ['exports/v2-2026-11-21.csv', '-{yyyy}-{MM}-{dd}', '2026-11-20T15:00:00.000Z'],
    ['exports/21.11.2026.csv', '{dd}.{MM}.{yyyy}', '2026-11-20T15:00:00.000Z'],
  ])('finds the time of %s by %s', (key, pattern, expected) => {
    expect(timeOf(key, pattern)).toBe(expected);
  });

  it('takes the last of several times', () => {
    expect(timeOf('exports/20250101/crm-20261121.csv', '{yyyy}{MM}{dd}', 'UTC')).toBe('2026-11-21T00:00:00.000Z');
  });

  it.each([
    ['no time', 'exports/customers.csv'],
    ['a day that does not exist', 'exports/20260230.csv'],
    ['a longer number', 'exports/1202611210.csv'],
  ])('has none for a key with %s', (_, key) => {
    expect(timeOf(key, '{yyyy}{MM}{dd}')).toBeUndefined();
  });

  it('reads a dot of the pattern as a dot', () => {
    expect(timeOf('exports/2026x11x21.csv', '{yyyy}.{MM}.{dd}')).toBeUndefined();
  });

  it('has none if the mapping names no pattern', () => {
    expect(exportTimeFromKey(definitionOf(exampleFile()), 'exports/20261121.csv')).toBeUndefined();
  });
});
