import { describe, expect, it } from 'vitest';
import { InvalidMapping } from '../../../../functions/shared/errors.ts';
import { parseMapping } from '../../../../functions/shared/mapping/definition.ts';
import { faultyMappings, goodMappings } from './cases.ts';
import { definitionOf, exampleFile } from './example.ts';

function faultsOf(file: unknown): string[] {
  return faultLines(JSON.stringify(file));
}

function faultLines(text: string): string[] {
  try {
    parseMapping(text, 'test.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidMapping);
    const [, ...lines] = String((error as Error).message).split('\n  ');
    return lines;
  }
  return [];
}

describe('parseMapping', () => {
  it.each(goodMappings)('accepts $title', ({ file }) => {
    expect(faultsOf(file)).toEqual([]);
  });

  it.each(faultyMappings)('refuses $title', ({ file, fault }) => {
    expect(faultsOf(file)).toEqual([expect.stringContaining(fault)]);
  });

  it('names all faults at once', () => {
    const file = exampleFile();
    const faults = faultsOf({
      ...file,
      objectType: { ...file.objectType, expirationDays: 0 },
      phoneRegion: 'japan',
      fields: [...file.fields, { name: '2nd', column: 'X', target: '_profile.lastname', typo: 1 }],
    });
    expect(faults).toEqual([
      'objectType.expirationDays: is 0; it must be a whole number from 1 to 1098.',
      'phoneRegion: is "japan"; it must be two capital letters, such as "JP".',
      'fields[4].typo: is not known; known here: name, column, target, contentType, required, normalize, searchKey, clearWhenEmpty.',
      'fields[4].name: is "2nd"; it must be a letter followed by letters, digits, "_" or "-".',
    ]);
  });

  it('does not blame the customer key for a field that could not be read', () => {
    const file = exampleFile();
    const [id, ...others] = file.fields;
    expect(faultsOf({ ...file, fields: [{ ...id, column: '' }, ...others] })).toEqual(['fields[0].column: is empty.']);
  });

  it.each([
    { title: 'nothing', text: '', place: 'line 1, column 1' },
    { title: 'a comma too many', text: '{\n  "objectType": {,\n}', place: 'line 2, column 18' },
    { title: 'a bare word', text: '{ "secret-value": nope }', place: 'line 1, column 19' },
    { title: 'text after the end', text: '{"a": 1} {', place: 'line 1, column 10' },
  ])('says where $title makes a file no JSON, without quoting it', ({ text, place }) => {
    expect(() => parseMapping(text, 'test.json')).toThrow(
      new InvalidMapping(`test.json is not JSON: look at ${place}.`),
    );
  });

  it('reads a file that an editor saved with a byte order mark', () => {
    expect(parseMapping(`\uFEFF${JSON.stringify(exampleFile())}`, 'test.json')).toEqual(definitionOf(exampleFile()));
  });

  it('takes an export for some of the customers unless the mapping says otherwise', () => {
    expect(definitionOf(exampleFile()).exports).toEqual({ contains: 'changes' });
  });
});
