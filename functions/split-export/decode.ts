import type { Encoding } from '../shared/contracts.ts';
import { MAX_RECORD_BYTES } from '../shared/export/jsonl-boundaries.ts';
import { canDecode, DECODERS, type Decoded, type Decoder } from './decoders.ts';
import { misreadGuards } from './misread.ts';

/** The text ends to be one at a byte of the export, counted from 0. */
export class BrokenText extends Error {
  readonly position: number;

  constructor(position: number) {
    super(`No character at byte ${position}.`);
    this.position = position;
  }
}

/** The text was read to its end, and is one in another encoding, too, in which text is hardly ever by chance. */
export class MisreadText extends Error {
  readonly likely: Encoding;

  constructor(likely: Encoding) {
    super(`The text is ${likely}.`);
    this.likely = likely;
  }
}

/**
 * The blocks of a text as UTF-8, with as many whole characters as there are.
 *
 * @param blocks behind the byte order mark.
 * @param position of their first byte in the export, which the errors count from.
 * @throws BrokenText, when all before the broken character was handed out; MisreadText at the end.
 */
export async function* decoded(
  blocks: AsyncIterable<Buffer>,
  encoding: Decoded,
  position: number,
): AsyncGenerator<Buffer> {
  const { decode, wholeCharacters } = DECODERS[encoding];
  const guards = misreadGuards(encoding);
  let at = position;
  let begun: Buffer = Buffer.alloc(0);

  function* textOf(bytes: Buffer): Generator<Buffer> {
    for (const guard of guards) guard.read(bytes);
    const { text, fault } = utf8Of(bytes, decode);
    yield text;
    if (fault !== undefined) throw new BrokenText(at + fault);
    at += bytes.length;
  }

  for await (const block of blocks) {
    const bytes = begun.length === 0 ? block : Buffer.concat([begun, block]);
    const whole = wholeCharacters(bytes);
    begun = bytes.subarray(whole);
    if (whole > 0) yield* textOf(bytes.subarray(0, whole));
    // So long a piece of text without a newline is no record; it goes on to where that is told.
    if (begun.length > MAX_RECORD_BYTES) {
      yield* textOf(begun);
      begun = Buffer.alloc(0);
    }
  }
  if (begun.length > 0) yield* textOf(begun);
  const likely = guards.find((guard) => guard.isLikely)?.encoding;
  if (likely !== undefined) throw new MisreadText(likely);
}

/** The text as UTF-8, or as much of it as there is before the first fault. */
function utf8Of(bytes: Buffer, decode: Decoder['decode']): { readonly text: Buffer; readonly fault?: number } {
  try {
    return { text: Buffer.from(decode(bytes)) };
  } catch {
    const fault = faultIn(bytes, decode);
    return { text: Buffer.from(decode(bytes.subarray(0, fault))), fault };
  }
}

/** Bytes of the longest character, less one: so far at most is the end of a whole character from any byte. */
const MAX_BEGUN_BYTES = 3;

/** The end of the longest beginning that can be decoded. */
function faultIn(bytes: Buffer, decode: Decoder['decode']): number {
  /** The last end of a whole character at or right before this one; undefined if the fault lies before. */
  const wholeBefore = (end: number): number | undefined => {
    for (let at = end; at >= Math.max(0, end - MAX_BEGUN_BYTES); at--) {
      if (canDecode(bytes.subarray(0, at), decode)) return at;
    }
    return undefined;
  };
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (wholeBefore(middle) === undefined) bad = middle;
    else good = middle;
  }
  return wholeBefore(good) ?? 0;
}
