import { describe, expect, it } from 'vitest';
import { smallMapping } from '../../helpers/mapping.ts';
import { scan } from './scanning.ts';

const mapping = smallMapping();
const good = 'id,name,email\n1,Taro,t@example.com\n';

describe('the format of an export', () => {
  it.each([
    { delimiter: ',', content: 'id,name,email\n' },
    { delimiter: ';', content: 'id;name;email\n' },
    { delimiter: '\t', content: 'id\tname\temail\n' },
    { delimiter: '|', content: 'id|name|email\n' },
    { delimiter: ';', content: '"id";"name, first";"name";email\n' },
    { delimiter: ',', content: '"id","a;b;c;d;e","name","email"\r\n' },
    { delimiter: ',', content: '"a\nlong name",id,name,email\r\n' },
    { delimiter: ',', content: '\r\n\n id , name , email \n' },
  ])('finds the delimiter $delimiter from the header line $content', ({ delimiter, content }) => {
    const { format, plan } = scan(content, mapping, { blockBytes: 3 });
    expect(format.delimiter).toBe(delimiter);
    expect(plan.records).toBe(0);
  });

  it('keeps to the delimiter that the mapping names', () => {
    const piped = smallMapping({ exports: { contains: 'changes', delimiter: '|' } });
    expect(scan('id|name|email\n1|a|b\n', piped).format.delimiter).toBe('|');
  });

  it('reads a corrected rejected file, which has commas, whatever delimiter the mapping names', () => {
    const piped = smallMapping({ exports: { contains: 'changes', delimiter: '|' } });
    const rejected = '_row,_code,_reason,_version,id,name,email\n2,TOO_LONG,long,,1,a,b\n';
    expect(scan(rejected, piped)).toMatchObject({ format: { delimiter: ',' }, isCorrected: true });
    expect(scan(rejected.replaceAll(',', '|'), piped).format.delimiter).toBe('|');
    expect(() => scan('id,name,email\n1,a,b\n', piped)).toThrow('Allowed delimiter: pipe');
  });

  it('says where the header line is, behind a byte order mark, so that its names need not travel', () => {
    const content = Buffer.from('\ufeff"id",name,note,email\r\n1,a,b,c\r\n');
    const { format, dataStart } = scan(content, mapping);
    expect(format).toEqual({
      type: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      width: 4,
      columns: { id: 0, name: 1, email: 3 },
      header: { start: 3, end: 23 },
    });
    expect(content.subarray(dataStart).toString()).toBe('1,a,b,c\r\n');
  });

  it.each([
    { key: 'a.csv', content: good, type: 'csv' },
    { key: 'a.CSV', content: good, type: 'csv' },
    { key: 'a.jsonl', content: '{"id":"1"}\n', type: 'jsonl' },
    { key: 'a.ndjson', content: '\ufeff{"id":"1"}', type: 'jsonl' },
    { key: 'a', content: ' \n{"id":"1"}', type: 'jsonl' },
    { key: 'a', content: good, type: 'csv' },
  ])('takes $key as $type', ({ key, content, type }) => {
    expect(scan(content, mapping, { key }).format.type).toBe(type);
  });

  it('knows a corrected rejected file by its first four columns', () => {
    const { format, isCorrected } = scan('_row;_code;_reason;_version;id;name;email\n', mapping);
    expect(isCorrected).toBe(true);
    expect(format.columns).toEqual({ id: 4, name: 5, email: 6, _version: 3 });
    expect(scan('id,name,email,_version\n', mapping).isCorrected).toBe(false);
  });
});
