import type { Encoding } from '../shared/contracts.ts';

/** An encoding that text is decoded from. */
export type Decoded = Exclude<Encoding, 'utf-8'>;

/** No byte below it is a part of a longer character, in any of the encodings with one to three bytes; a newline is below it. */
const ALWAYS_ALONE = 0x40;

export interface Decoder {
  /** @throws TypeError if the bytes are not whole characters of the encoding. */
  readonly decode: (bytes: Buffer) => string;
  /** How many of the bytes are whole characters for certain. */
  readonly wholeCharacters: (bytes: Buffer) => number;
}

export const DECODERS: Readonly<Record<Decoded, Decoder>> = {
  'utf-16le': { decode: strict('utf-16le'), wholeCharacters: (bytes) => wholeUnits(bytes, 1) },
  'utf-16be': { decode: strict('utf-16be'), wholeCharacters: (bytes) => wholeUnits(bytes, 0) },
  shift_jis: { decode: shiftJis(), wholeCharacters: upToLoneByte },
  'euc-jp': { decode: lettersOnly(strict('euc-jp')), wholeCharacters: upToLoneByte },
  'windows-1252': { decode: lettersOnly(strict('windows-1252')), wholeCharacters: (bytes) => bytes.length },
  'iso-8859-1': { decode: lettersOnly((bytes) => bytes.toString('latin1')), wholeCharacters: (bytes) => bytes.length },
};

function strict(label: string): Decoder['decode'] {
  const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}

/** ICU's table has three control characters in each other's place. */
const MIXED_UP: Readonly<Record<string, string>> = { '\x1c': '\x1a', '\x7f': '\x1c', '\x1a': '\x7f' };

const ANY_MIXED_UP = new RegExp(`[${Object.keys(MIXED_UP).join('')}]`, 'g');

function shiftJis(): Decoder['decode'] {
  const decode = strict('shift_jis');
  return (bytes) => decode(bytes).replace(ANY_MIXED_UP, (found) => MIXED_UP[found] ?? found);
}

const CONTROL = /[\u0080-\u009f]/;

/** TextDecoder reads bytes that have no letter as control characters in these encodings; text has none. */
function lettersOnly(decode: Decoder['decode']): Decoder['decode'] {
  return (bytes) => {
    const text = decode(bytes);
    if (CONTROL.test(text)) throw new TypeError('A byte has no letter.');
    return text;
  };
}

function upToLoneByte(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte < ALWAYS_ALONE) + 1;
}

/** UTF-16: without half a unit and without the first half of a pair at the end. */
function wholeUnits(bytes: Buffer, highByte: 0 | 1): number {
  const even = bytes.length - (bytes.length % 2);
  const last = bytes[even - 2 + highByte] ?? 0;
  return last >= 0xd8 && last <= 0xdb ? even - 2 : even;
}

export function canDecode(bytes: Buffer, decode: Decoder['decode']): boolean {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}
