import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonRecordReader } from '../../../functions/shared/export/json-record.ts';
import { JsonFields } from '../../../functions/split-export/json-fields.ts';
import { smallMapping } from '../../helpers/mapping.ts';

const mapping = smallMapping();
const readRecord = jsonRecordReader(mapping);

function expectSameAsTheWorker(line: string): void {
  const fields = new JsonFields(['id', 'name'], '_version');
  const padded = Buffer.from(`#${line}\n`);
  const isRead = fields.read(padded, 1, padded.length - 1);
  const record = readRecord(padded.toString('utf8', 1, padded.length - 1), 1);
  if (!isRead) return;
  expect(record.fault?.code).not.toBe('NOT_JSON');
  expect([fields.text(0), fields.text(1)]).toEqual(record.values.slice(0, 2));
}

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\r'), maxLength: 2 });
const scalar = fc.constantFrom(
  '"a"',
  '"é山🚀"',
  '"\\u00e9\\n\\"\\\\\\/"',
  '""',
  '0',
  '-1.50e+3',
  '1E5',
  'true',
  'false',
  'null',
  '{"id":"x"}',
  '[1,{"id":2}]',
  '{}',
  '[]',
);
const member = fc
  .tuple(fc.constantFrom('"id"', '"name"', '"i"', '"idx"', '"\\u0069d"', '"_version"'), space, space, scalar, space)
  .map(([name, before, after, value, end]) => `${name}${before}:${after}${value}${end}`);
const objectText = fc
  .tuple(space, fc.array(member, { maxLength: 6 }), space)
  .map(([before, members, after]) => `${before}{${members.join(`,${after}`)}}${after}`);

describe('the fast reader of JSON properties', () => {
  it('reads from any object what the worker reads', () => {
    fc.assert(fc.property(objectText, expectSameAsTheWorker), { numRuns: 3_000 });
  });

  it('reads no line that JSON.parse refuses', () => {
    const damaged = fc
      .tuple(
        objectText,
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '0', 'e', '.', '-', '\u0001', 'x', '\\u12'),
      )
      .map(([text, position, insert]) => {
        const at = position % (text.length + 1);
        return text.slice(0, at) + insert + text.slice(at + (insert === '' ? 1 : 0));
      });
    fc.assert(fc.property(damaged, expectSameAsTheWorker), { numRuns: 5_000 });
  });

  it.each([
    ['{"id":"7","name":"x"}', '7'],
    ['  {"id":7.10,"y":[[[{"a":null}]]]}  ', '7.10'],
    ['{"id":"\\u0037"}', '7'],
    ['{"id":"1","id":"2"}', '2'],
    ['{"id":{"a":1}}', ''],
    ['{}', ''],
  ])('reads %s without help', (line, id) => {
    const fields = new JsonFields(['id'], '_version');
    expect(fields.read(Buffer.from(line), 0, Buffer.byteLength(line))).toBe(true);
    expect(fields.text(0)).toBe(id);
  });
});
