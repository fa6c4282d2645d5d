import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../../functions/shared/contracts.ts';
import { InvalidExport } from '../../../functions/shared/errors.ts';
import type { MappedEncoding, Mapping } from '../../../functions/shared/mapping/types.ts';
import { smallMapping } from '../../helpers/mapping.ts';
import { encoded, inEncoding } from './encoded.ts';
import { scanBytes, splitAndParse } from './scanning.ts';

const mappingFor = (encoding?: MappedEncoding): Mapping =>
  smallMapping({ exports: { contains: 'changes', ...(encoding && { encoding }) } });

const JAPANESE = 'id,name,email\n1,山田　太郎,taro@example.com\n2,髙橋～－①㈱,ﾀﾛｳ\n3,ー表ソ能構,"a\\b"\n';
const EUROPEAN = 'id,name,email\n1,Zoë Müller,zoe@example.com\n2,Łódź?,x\n'.replace('Łódź?', 'Ægir Ñuñez');
const EURO = 'id,name,email\n1,“€” – Œuvre…,x\n';

const WAYS: readonly { what: string; text: string; encoding: Encoding; mapping: Mapping }[] = [
  { what: 'UTF-8', text: JAPANESE, encoding: 'utf-8', mapping: mappingFor() },
  { what: 'UTF-16, little end first', text: JAPANESE, encoding: 'utf-16le', mapping: mappingFor() },
  { what: 'UTF-16, big end first', text: JAPANESE, encoding: 'utf-16be', mapping: mappingFor() },
  { what: 'UTF-16, whatever the mapping says', text: JAPANESE, encoding: 'utf-16le', mapping: mappingFor('shift_jis') },
  { what: 'Shift_JIS', text: JAPANESE, encoding: 'shift_jis', mapping: mappingFor('shift_jis') },
  { what: 'EUC-JP', text: JAPANESE, encoding: 'euc-jp', mapping: mappingFor('euc-jp') },
  { what: 'Windows-1252', text: EURO, encoding: 'windows-1252', mapping: mappingFor('windows-1252') },
  { what: 'ISO-8859-1', text: EUROPEAN, encoding: 'iso-8859-1', mapping: mappingFor('iso-8859-1') },
];
const PACKINGS = [
  { packed: '', suffix: '', pack: (bytes: Buffer) => bytes, compression: undefined },
  { packed: ' in gzip', suffix: '.gz', pack: (bytes: Buffer) => gzipSync(bytes), compression: 'gzip' },
  { packed: ' in zstd', suffix: '.zst', pack: (bytes: Buffer) => zstdCompressSync(bytes), compression: 'zstd' },
  {
    packed: ' in gzip of two members',
    suffix: '.gz',
    pack: (bytes: Buffer) => Buffer.concat(halves(bytes).map((half) => gzipSync(half))),
    compression: 'gzip',
  },
  {
    packed: ' in zstd of two frames',
    suffix: '.zst',
    pack: (bytes: Buffer) => Buffer.concat(halves(bytes).map((half) => zstdCompressSync(half))),
    compression: 'zstd',
  },
];

function halves(bytes: Buffer): Buffer[] {
  const middle = Math.floor(bytes.length / 2);
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}

describe('the same rows are read', () => {
  const cases = WAYS.flatMap((way) => PACKINGS.map((packing) => ({ ...way, ...packing })));
  it.each(cases)('from $what$packed, wherever its blocks end', async (way) => {
    const { text, encoding, mapping, pack, suffix, compression } = way;
    const expected = await splitAndParse(text, mappingFor());
    const bytes = pack(encoded(text, encoding));
    for (const blockBytes of [1, 3, 65_536]) {
      const key = `exports/a.csv${suffix}`;
      const { records, format } = await splitAndParse(bytes, mapping, { key, blockBytes });
      expect(records).toEqual(expected.records);
      expect([format.encoding, format.compression]).toEqual([encoding, compression]);
    }
  });

  it('from JSON Lines, too', async () => {
    const lines = '{"id":"1","name":"山田"}\n{"id":"2","name":"表"}\n';
    const expected = await splitAndParse(lines, mappingFor(), { key: 'a.jsonl' });
    for (const encoding of ['shift_jis', 'euc-jp', 'utf-16le'] as const) {
      const mapping = mappingFor(encoding === 'utf-16le' ? undefined : encoding);
      const read = await splitAndParse(gzipSync(encoded(lines, encoding)), mapping, {
        key: 'a.jsonl.gz',
        blockBytes: 5,
      });
      expect(read.records).toEqual(expected.records);
    }
  });

  it.each(['shift_jis', 'euc-jp', 'windows-1252', 'iso-8859-1'] as const)('from any text in %s', async (encoding) => {
    const letters = inEncoding(encoding).filter((letter) => letter !== '"' && !/[\p{Cc}\ufffd]/u.test(letter));
    await readsAll(encoding, mappingFor(encoding), fc.constantFrom(...letters));
  });

  it.each(['utf-16le', 'utf-16be'] as const)('from any text in %s', async (encoding) => {
    const letter = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });
    await readsAll(
      encoding,
      mappingFor(),
      letter.filter((one) => one > ' ' && one !== '"'),
    );
  });
});

async function readsAll(encoding: Encoding, mapping: Mapping, letter: fc.Arbitrary<string>): Promise<void> {
  const names = fc.array(fc.string({ unit: letter, maxLength: 30 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 1, max: 50 }), async (all, blockBytes) => {
      // With a letter that is in no other encoding: what the guards do is tested below.
      const rows = all.map((name, n) => `${n},"${name}",${SURE[encoding] ?? ''}\n`);
      const { records } = await splitAndParse(encoded(`id,name,email\n${rows.join('')}`, encoding), mapping, {
        blockBytes,
      });
      expect(records.map(({ values }) => values[1])).toEqual(all);
    }),
    { numRuns: 60 },
  );
}

/** Letters that tell an encoding from those that its guard watches for. */
const SURE: Partial<Record<Encoding, string>> = {
  shift_jis: 'あ',
  'euc-jp': 'あ',
  'windows-1252': 'é',
  'iso-8859-1': 'é',
};

describe('a byte that is no character', () => {
  it.each([
    { what: 'in Shift_JIS', encoding: 'shift_jis', bad: [0x81, 0x0a], says: 'Shift_JIS' },
    { what: 'in Shift_JIS, as UTF-8 has it', encoding: 'shift_jis', bad: [0x83, 0x20], says: 'Shift_JIS' },
    { what: 'in EUC-JP, as Shift_JIS has it', encoding: 'euc-jp', bad: [0x8e, 0x52], says: 'EUC-JP' },
    { what: 'in EUC-JP, and a control character to a lax reader', encoding: 'euc-jp', bad: [0x85], says: 'EUC-JP' },
    { what: 'in Windows-1252', encoding: 'windows-1252', bad: [0x81], says: 'Windows-1252' },
    { what: 'in ISO-8859-1, as Windows-1252 has it', encoding: 'iso-8859-1', bad: [0x80], says: 'ISO-8859-1' },
  ] as const)('$what is told with its row and its place in the file', async ({ encoding, bad, says }) => {
    const mapping = mappingFor(encoding);
    const before = encoded(`id,name,email\n${`1,${SURE[encoding] ?? ''},x\n`.repeat(20_000)}20001,`, encoding);
    const content = Buffer.concat([before, Buffer.from(bad), encoded(',x\n3,b,c\n', encoding)]);
    for (const blockBytes of [65_536, 4_099]) {
      const reading = scanBytes(content, mapping, { blockBytes });
      await expect(reading).rejects.toThrow(InvalidExport);
      await expect(reading).rejects.toThrow(
        `The export is not ${says}: row 20002 has a byte that belongs to no character, byte ${before.length + 1} of the file.`,
      );
    }
  });

  it('in the header line is told as row 1', async () => {
    const content = Buffer.concat([Buffer.from('id,name,'), Buffer.from([0x81, 0x0a]), Buffer.from('email\n')]);
    await expect(scanBytes(content, mappingFor('shift_jis'))).rejects.toThrow(/row 1 has a byte .* byte 9 of the file/);
  });
});

describe('an export in another encoding than the mapping says is refused, not read with wrong letters', () => {
  it.each([
    { mapped: 'shift_jis', text: JAPANESE, encoding: 'utf-8' },
    { mapped: 'shift_jis', text: JAPANESE, encoding: 'euc-jp' },
    { mapped: 'euc-jp', text: JAPANESE, encoding: 'utf-8' },
    { mapped: 'euc-jp', text: JAPANESE, encoding: 'shift_jis' },
    { mapped: 'windows-1252', text: EUROPEAN, encoding: 'utf-8' },
    { mapped: 'windows-1252', text: JAPANESE, encoding: 'shift_jis' },
    { mapped: 'iso-8859-1', text: EUROPEAN, encoding: 'utf-8' },
    { mapped: 'iso-8859-1', text: EURO, encoding: 'windows-1252' },
    { mapped: undefined, text: JAPANESE, encoding: 'shift_jis' },
    { mapped: undefined, text: EUROPEAN, encoding: 'iso-8859-1' },
  ] as const)('$encoding where it says $mapped', async ({ mapped, text, encoding }) => {
    const reading = scanBytes(encoded(text, encoding), mappingFor(mapped), { blockBytes: 20 });
    await expect(reading).rejects.toThrow(InvalidExport);
    await expect(reading).rejects.toThrow(/exports\.encoding/);
  });

  it('also if it could be read: the letters are told, and which encoding they are in', async () => {
    const reading = scanBytes('id,name,email\n1,日本,x\n', mappingFor('shift_jis'));
    await expect(reading).rejects.toThrow(
      'The mapping says that exports are Shift_JIS (exports.encoding), but every letter of this one is UTF-8',
    );
  });

  it('but a byte order mark tells for certain, whatever the mapping says', async () => {
    const { records, format } = await splitAndParse(`\ufeff${JAPANESE}`, mappingFor('shift_jis'));
    expect(format.encoding).toBe('utf-8');
    expect(records[0]?.values[1]).toBe('山田　太郎');
  });

  it.each([
    { key: 'a.csv', content: '_row,_code,_reason,_version,id,name,email\n2,TOO_LONG,long,,1,山田,x\n' },
    { key: 'a.jsonl', content: '{"_row":2,"_code":"","_reason":"","_version":"","id":"1","name":"山田"}\n' },
  ])('nor is a corrected rejected file, which was written in UTF-8 ($key)', async ({ key, content }) => {
    const { records, format } = await splitAndParse(content, mappingFor('shift_jis'), { key });
    expect(format.encoding).toBe('utf-8');
    expect(records[0]?.values[1]).toBe('山田');
  });

  it('and text of ASCII alone is in every encoding', async () => {
    const { records } = await splitAndParse('id,name,email\n1,Taro,x\n', mappingFor('shift_jis'));
    expect(records[0]?.values).toEqual(['1', 'Taro', 'x']);
  });
});

it('a mark within a text in UTF-16 is a letter of it, wherever its blocks end', async () => {
  for (const blockBytes of [2, 5, 1_000]) {
    const { records } = await splitAndParse(encoded('id,name,email\n1,a\ufeffb,x\n', 'utf-16le'), mappingFor(), {
      blockBytes,
    });
    expect(records[0]?.values[1]).toBe('a\ufeffb');
  }
});

it('the letters of Shift_JIS are those of Windows, half-width ones, circled digits and its dashes included', async () => {
  const bytes = Buffer.concat([
    Buffer.from('id,name,email\n1,'),
    Buffer.from([0x81, 0x60, 0x81, 0x7c, 0x87, 0x40, 0xfb, 0xfc, 0xb1, 0x5c, 0x83, 0x5c, 0x1a]),
    Buffer.from(',x\n'),
  ]);
  const { records } = await splitAndParse(bytes, mappingFor('shift_jis'));
  expect(records[0]?.values[1]).toBe('～－①髙ｱ\\ソ\x1a');
});
