import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../shared/contracts.ts';
import { canDecode, DECODERS } from './decoders.ts';

/** Watches a text for being one in another encoding, throughout: then the mapping is wrong about it, and its letters would be, too. */
export interface MisreadGuard {
  readonly encoding: Encoding;
  /** @param bytes the next whole characters. */
  read(bytes: Buffer): void;
  readonly isLikely: boolean;
}

/** Encodings whose rules text in this one hardly ever keeps by chance: in Shift_JIS a text of half-width Katakana alone might. */
export function misreadGuards(encoding: Encoding): readonly MisreadGuard[] {
  switch (encoding) {
    case 'shift_jis':
      return [guard('utf-8', isUtf8), guard('euc-jp', (bytes) => canDecode(bytes, DECODERS['euc-jp'].decode))];
    case 'euc-jp':
    case 'windows-1252':
    case 'iso-8859-1':
      return [guard('utf-8', isUtf8)];
    default:
      return [];
  }
}

function guard(encoding: Encoding, isText: (bytes: Buffer) => boolean): MisreadGuard {
  let isPossible = true;
  let hasLetters = false;
  return {
    encoding,
    read(bytes) {
      if (!isPossible || bytes.every(isAscii)) return;
      hasLetters = true;
      isPossible = isText(bytes);
    },
    get isLikely() {
      return isPossible && hasLetters;
    },
  };
}

function isAscii(byte: number): boolean {
  return byte < 0x80;
}
