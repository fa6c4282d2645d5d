import type { BlockText } from './block-text.ts';

const QUOTE = 0x22;

/**
 * The text of one CSV field from its raw bytes `bytes[start, end)`, quotes included, as csv-parse reads it with the
 * options of csv-dialect.ts: what follows the closing quote makes the quotes part of the text.
 */
export function csvFieldText(blockText: BlockText, bytes: Buffer, start: number, end: number): string {
  if (bytes[start] !== QUOTE) return blockText.read(bytes, start, end);
  let close = start + 1;
  while (close < end && (bytes[close] !== QUOTE || bytes[close + 1] === QUOTE)) close += bytes[close] === QUOTE ? 2 : 1;
  const inner = blockText.read(bytes, start + 1, close).replaceAll('""', '"');
  if (close + 1 >= end) return inner;
  return `"${inner}"${blockText.read(bytes, close + 1, end)}`;
}
