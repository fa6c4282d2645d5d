import { describe, expect, it } from 'vitest';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { type ScanSettings, scan } from './scanning.ts';

const mapping = smallMapping();
const good = 'id,name,email\n1,Taro,t@example.com\n';

function faultOf(content: string | Buffer, settings: ScanSettings = {}): string {
  try {
    scan(content, mapping, settings);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidExport);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('The export was taken.');
}

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
    expect(() => scan(good, piped)).toThrow(/delimiter pipe/);
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

  it.each([
    { fault: 'no bytes', content: '', says: /empty/ },
    { fault: 'only a byte order mark', content: '\ufeff', says: /empty/ },
    { fault: 'only blank lines', content: '\n\r\n  \n', says: /empty/ },
    { fault: 'UTF-16', content: Buffer.from('\ufeffid,name,email\n', 'utf16le'), says: /UTF-16.*UTF-8/ },
    { fault: 'UTF-16 without a mark', content: Buffer.from('id,name,email\n', 'utf16le'), says: /UTF-16.*UTF-8/ },
    { fault: 'a zip file', content: Buffer.from('PK\u0003\u0004\u0014\u0000\u0006\u0000', 'latin1'), says: /binary/ },
    { fault: 'a missing column', content: 'id,name\n1,Taro\n', says: /2 columns; it lacks email\./ },
    { fault: 'a column that comes twice', content: 'id,name,name,email\n', says: /has more than once name\./ },
    { fault: 'no header line', content: '1,Taro,taro@example.com\n', says: /None of the columns.*no header line/ },
    { fault: 'an unknown delimiter', content: 'id:name:email\n1:Taro:t\n', says: /comma, semicolon, tab, pipe/ },
    { fault: 'a quote open in the header', content: '"id,name,email\n1,Taro,t', says: /row 1\).*never closed/ },
    {
      fault: 'a header in Latin-1',
      content: Buffer.from('id,name,email,Straße\n', 'latin1'),
      says: /header line is not UTF-8 at its byte 19\./,
    },
    {
      fault: 'a header without end',
      content: `id,name,email,${'x,'.repeat(600_000)}`,
      says: /does not end within 1 MB/,
    },
    {
      fault: 'a quote open in a row',
      content: `${good}2,"Taro,t\n3,a,b\n`,
      says: /^Row 3 has a quote that is never closed/,
    },
    {
      fault: 'a row in Latin-1',
      content: Buffer.concat([Buffer.from(good), Buffer.from('2,Zoë,z\n', 'latin1')]),
      says: /row 3 .* byte 40 of the file/,
    },
    {
      fault: 'half a character at the end',
      content: Buffer.from(`${good}2,é`).subarray(0, -1),
      says: /row 3 .* byte 38 of the file/,
    },
    { fault: 'a row without end', content: `${good}2,${'x'.repeat(16_000_001)}`, says: /^Row 3 is longer than 16 MB/ },
  ])('refuses $fault with a message that says where and what to do, at any block size', ({ content, says }) => {
    const message = faultOf(content);
    expect(message).toMatch(says);
    expect(message).toMatch(/pload/);
    expect(message).not.toMatch(/Taro|Zo|Straße/);
    if (content.length < 1_000) expect(faultOf(content, { blockBytes: 1 })).toBe(message);
  });

  it('refuses a JSON line of more than 16 MB without keeping it', () => {
    const content = `{"id":"1"}\n{"id":"2","x":"${'x'.repeat(16_000_001)}"}\n`;
    expect(faultOf(content, { key: 'a.jsonl' })).toMatch(/^Row 2 is longer than 16 MB/);
  });
});
