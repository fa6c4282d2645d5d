import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonRecordReader } from '../../../functions/shared/export/json-record.ts';
import { JsonFields } from '../../../functions/split-export/json-fields.ts';
import { smallMapping } from '../../helpers/mapping.ts';

const mapping = smallMapping();
const readRecord = jsonRecordReader(mapping);

function reader(): JsonFields {
  return new JsonFields(['id', 'name'], '_version');
}

function expectSameAsTheWorker(line: string): void {
  const padded = Buffer.from(`#${line}\n`);
  expectSameIn(reader(), padded, 1, padded.length - 1);
}

/** Returns whether the line was read. */
function expectSameIn(fields: JsonFields, bytes: Buffer, from: number, to: number): boolean {
  const isRead = fields.read(bytes, from, to);
  const record = readRecord(bytes.toString('utf8', from, to), 1);
  if (!isRead) return false;
  expect(record.fault?.code).not.toBe('NOT_JSON');
  expect([fields.text(0), fields.text(1)]).toEqual(record.values.slice(0, 2));
  return true;
}

function expectSameForAll(lines: readonly string[]): void {
  const fields = reader();
  const block = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let from = 0;
  for (const line of lines) {
    const to = from + Buffer.byteLength(line);
    const alone = Buffer.from(line);
    expect(expectSameIn(fields, block, from, to), line).toBe(reader().read(alone, 0, alone.length));
    from = to + 1;
  }
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

const damaged = fc
  .tuple(
    objectText,
    fc.nat(),
    fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '0', 'e', '.', '-', '\u0001', '\u001f', '\u007f', 'x', '\\u12'),
  )
  .map(([text, position, insert]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + insert + text.slice(at + (insert === '' ? 1 : 0));
  });

describe('the fast reader of JSON properties', () => {
  it('reads from any object what the worker reads', () => {
    fc.assert(fc.property(objectText, expectSameAsTheWorker), { numRuns: 3_000 });
  });

  it('reads no line that JSON.parse refuses', () => {
    fc.assert(fc.property(damaged, expectSameAsTheWorker), { numRuns: 5_000 });
  });

  it('reads each line as if it were the first, whatever names and mistakes the lines before had', () => {
    const lines = fc.array(fc.oneof(objectText, damaged), { minLength: 2, maxLength: 12 });
    fc.assert(fc.property(lines, expectSameForAll), { numRuns: 3_000 });
  });

  it('reads a string with any character at any place as the worker does', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((id) => JSON.stringify({ id, name: `${id}"\\` }));
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), expectSameForAll), { numRuns: 2_000 });
  });

  it('reads lines of more different names than it remembers', () => {
    const many = Array.from({ length: 600 }, (_, number) => `"n${number}":${number}`);
    const line = `{${many.join()},"id":"7",${many.toReversed().join()},"name":"x"}`;
    expectSameForAll([line, line, '{"name":"y","n599":1,"id":"8"}']);
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
