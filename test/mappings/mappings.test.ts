import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { STANDARD_TARGETS } from '../../functions/shared/mapping/standard-profile.ts';
import { faultyMappings, goodMappings } from '../functions/shared/mapping/cases.ts';
import { valuesOf } from '../functions/shared/mapping/example.ts';

const SCHEMA_FILE = 'mapping.schema.json';
const MAPPINGS = join(import.meta.dirname, '../../mappings');
const schema = JSON.parse(readFileSync(join(MAPPINGS, SCHEMA_FILE), 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);
/** As an editor sees it: properties that are undefined are not in the file. */
const isValid = (file: unknown) => validate(JSON.parse(JSON.stringify(file)));

describe('the JSON Schema', () => {
  it.each(goodMappings)('accepts $title', ({ file }) => {
    expect(isValid(file)).toBe(true);
  });

  it.each(faultyMappings.filter((one) => !one.beyondSchema))('refuses $title', ({ file }) => {
    expect(isValid(file)).toBe(false);
  });

  it.each(faultyMappings.filter((one) => one.beyondSchema))('cannot see $title', ({ file }) => {
    expect(isValid(file)).toBe(true);
  });

  it('offers every target that the code accepts', () => {
    expect(schema.properties.fields.items.properties.target.anyOf[0].enum).toEqual(STANDARD_TARGETS);
  });
});

describe.each(readdirSync(MAPPINGS).filter((name) => !name.endsWith('.schema.json')))('mappings/%s', (name) => {
  it('is valid for the schema and for the code', () => {
    expect(isValid(JSON.parse(readFileSync(join(MAPPINGS, name), 'utf8')))).toBe(true);
    expect(loadMapping(join(MAPPINGS, name)).columns.length).toBeGreaterThan(1);
  });
});

const LIST = join(import.meta.dirname, '../../../shared/data/customers-1000.csv');

it.skipIf(!existsSync(LIST))('mappings/customers-1000.json maps all 1,000 customers of the public list', () => {
  const mapping = loadMapping(join(MAPPINGS, 'customers-1000.json'));
  const rows: Record<string, string>[] = parse(readFileSync(LIST), { columns: true });
  expect(rows).toHaveLength(1_000);
  for (const row of rows) {
    const values = valuesOf(mapping, row);
    expect(mapping.identify(values, Date.now())).toEqual({ ok: true, customerKey: row['Customer Id'] });
    const mapped = mapping.toObject(values);
    const object = mapped.ok ? JSON.parse(mapped.object) : {};
    expect([row['Phone 1'], expect.stringMatching(/^\+\d+$/)]).toContainEqual(object.phone);
    expect(object).toMatchObject({ firstName: row['First Name'], email: row.Email, company: row.Company });
  }
});
