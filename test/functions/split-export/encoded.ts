import iconv from 'iconv-lite';
import type { Encoding } from '../../../functions/shared/contracts.ts';

/** The text as bytes: an export as a CRM writes it, by another library than the one that reads it. UTF-16 has its byte order mark. */
export function encoded(text: string, encoding: Encoding): Buffer {
  const bytes = iconv.encode(text, encoding, { addBOM: encoding.startsWith('utf-16') });
  if (iconv.decode(bytes, encoding) !== text) throw new TypeError(`${encoding} lacks a letter of the text.`);
  return bytes;
}

/** All letters that an encoding has. */
export function inEncoding(encoding: Encoding): readonly string[] {
  const letters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  return letters.filter((letter) => letter === iconv.decode(iconv.encode(letter, encoding), encoding));
}
