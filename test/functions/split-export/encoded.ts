import type { Encoding } from '../../../functions/shared/contracts.ts';

type Mapped = Exclude<Encoding, 'utf-8' | 'utf-16le' | 'utf-16be'>;

const tables = new Map<Mapped, ReadonlyMap<string, Buffer>>();

/** The text as bytes: an export as a CRM writes it. UTF-16 has its byte order mark. */
export function encoded(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    default: {
      const table = tableOf(encoding);
      return Buffer.concat([...text].map((letter) => bytesOf(letter, table, encoding)));
    }
  }
}

/** All letters that an encoding has. */
export function inEncoding(encoding: Mapped): readonly string[] {
  return [...tableOf(encoding).keys()];
}

function bytesOf(letter: string, table: ReadonlyMap<string, Buffer>, encoding: Mapped): Buffer {
  const bytes = table.get(letter);
  if (bytes === undefined) throw new TypeError(`${encoding} has no "${letter}".`);
  return bytes;
}

/** The platform's decoder read backwards; of letters with two codes the first one, as in the standard of each encoding. */
function tableOf(encoding: Mapped): ReadonlyMap<string, Buffer> {
  const known = tables.get(encoding);
  if (known) return known;
  const table = new Map<string, Buffer>();
  const decoder = new TextDecoder(encoding === 'iso-8859-1' ? 'windows-1252' : encoding, { fatal: true });
  const add = (...codes: number[]) => {
    const bytes = Buffer.from(codes);
    try {
      const text = encoding === 'iso-8859-1' ? bytes.toString('latin1') : decoder.decode(bytes);
      if ([...text].length === 1 && !/[\u0080-\u009f]/.test(text) && !table.has(text)) table.set(text, bytes);
    } catch {
      // These bytes are no letter.
    }
  };
  for (let first = 0; first < 0x80; first++) table.set(String.fromCharCode(first), Buffer.from([first]));
  for (let first = 0x80; first < 0x100; first++) add(first);
  if (encoding === 'shift_jis' || encoding === 'euc-jp') {
    for (let first = 0x81; first < 0xff; first++) for (let second = 0x40; second < 0xff; second++) add(first, second);
  }
  if (encoding === 'euc-jp') {
    for (let second = 0xa1; second < 0xff; second++)
      for (let third = 0xa1; third < 0xff; third++) add(0x8f, second, third);
  }
  tables.set(encoding, table);
  return table;
}
