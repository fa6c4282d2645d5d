import type { Transform } from 'node:stream';
import { PassThrough } from 'node:stream';
import { createGzip, createZstdCompress } from 'node:zlib';
import iconv from 'iconv-lite';

/** Encodings that exports are read in; `utf-16` has its byte order mark. */
export const SAMPLE_ENCODINGS = ['utf-8', 'utf-16', 'shift_jis', 'euc-jp', 'windows-1252', 'iso-8859-1'] as const;
export type SampleEncoding = (typeof SAMPLE_ENCODINGS)[number];

/** The text with letters of this encoding alone: others lose their accents, or are a question mark. */
export function inLettersOf(encoding: SampleEncoding, text: string): string {
  const has = (letter: string) => iconv.decode(iconv.encode(letter, encoding), encoding) === letter;
  if (has(text)) return text;
  return [...text].map((letter) => (has(letter) ? letter : plain(letter))).join('');
}

function plain(letter: string): string {
  const [bare = ''] = letter.normalize('NFD');
  return /^[ -~]$/.test(bare) ? bare : '?';
}

/** Writes text in this encoding. */
export function encoder(encoding: SampleEncoding): NodeJS.ReadWriteStream {
  return iconv.encodeStream(encoding, { addBOM: encoding === 'utf-16' });
}

/** Packs what a file of this name should hold: `.gz` and `.zst` are packed. */
export function packer(file: string): Transform {
  if (file.endsWith('.gz')) return createGzip();
  return file.endsWith('.zst') ? createZstdCompress() : new PassThrough();
}
