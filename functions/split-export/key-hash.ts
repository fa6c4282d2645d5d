const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/**
 * 128-bit hash of a text (MurmurHash3 x86 128 over its UTF-16 code units) into four words of `out`. At the 62 million
 * records that one export may hold, two different keys share a hash with a probability below 1e-23. A digest of
 * node:crypto costs ten times as much, which at this rate is as much as reading the export.
 */
export function hashKey(text: string, out: Uint32Array): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const units = text.length;
  let i = 0;
  for (; i + 8 <= units; i += 8) {
    h1 ^= mix(word(text, i), C1, 15, C2);
    h1 = Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b;
    h2 ^= mix(word(text, i + 2), C2, 16, C3);
    h2 = Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747;
    h3 ^= mix(word(text, i + 4), C3, 17, C4);
    h3 = Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35;
    h4 ^= mix(word(text, i + 6), C4, 18, C1);
    h4 = Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17;
  }
  h4 ^= mix(word(text, i + 6), C4, 18, C1);
  h3 ^= mix(word(text, i + 4), C3, 17, C4);
  h2 ^= mix(word(text, i + 2), C2, 16, C3);
  h1 ^= mix(word(text, i), C1, 15, C2);
  h1 ^= units;
  h2 ^= units;
  h3 ^= units;
  h4 ^= units;
  h1 += h2 + h3 + h4;
  h2 += h1;
  h3 += h1;
  h4 += h1;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 += h2 + h3 + h4;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
}

/** Two code units; those past the end count as 0 (the length is mixed in at the end). */
function word(text: string, index: number): number {
  const units = text.length;
  if (index >= units) return 0;
  return index + 1 < units ? text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16) : text.charCodeAt(index);
}

function mix(k: number, first: number, bits: number, second: number): number {
  return Math.imul(rotate(Math.imul(k, first), bits), second);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
