import type { Compression, Encoding } from '../shared/contracts.ts';
import { InvalidExport } from '../shared/errors.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { compressionOf, unpacked } from './compression.ts';
import { decoded } from './decode.ts';
import { encodingOf } from './encoding.ts';
import { foreignFormat, SNIFFED_BYTES } from './foreign-format.ts';

/** An export as text, whatever it was packed and encoded with. */
export interface ExportText {
  readonly encoding: Encoding;
  readonly compression?: Compression;
  /** Of the text in UTF-8. If the export is neither packed nor in another encoding, these are its own bytes. */
  readonly blocks: AsyncGenerator<Buffer>;
}

/** Whether a byte of the text is at the same place in the export, so that chunks may point at the export itself. */
export function isPlain({ encoding, compression }: Pick<ExportText, 'encoding' | 'compression'>): boolean {
  return encoding === 'utf-8' && compression === undefined;
}

/**
 * Looks at the beginning of an export and makes text of it. UTF-8 is not checked here: the scan does that.
 *
 * @param blocks of the export as it was uploaded; read to their end, or closed, by reading those of the result.
 * @param key of the export; its suffix says whether it is packed.
 * @throws InvalidExport here and from the blocks of the result; those throw BrokenText and MisreadText, too.
 */
export async function readText(blocks: AsyncIterable<Buffer>, key: string, mapping: Mapping): Promise<ExportText> {
  const raw = await peek(blocks);
  const compression = compressionOf(raw.head, key);
  const open = compression === undefined ? raw : await peek(unpacked(raw.blocks(), compression));
  const { encoding, markBytes } = encodingOf(open.head, mapping);
  if (markBytes === 0) refuseForeign(open.head, compression);
  return {
    encoding,
    ...(compression && { compression }),
    blocks: encoding === 'utf-8' ? open.blocks() : decoded(behind(open.blocks(), markBytes), encoding, markBytes),
  };
}

interface Peeked {
  readonly head: Buffer;
  /** All of it, the head included. */
  blocks(): AsyncGenerator<Buffer>;
}

async function peek(blocks: AsyncIterable<Buffer>): Promise<Peeked> {
  const iterator = blocks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < SNIFFED_BYTES; ) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    bytes += value.length;
  }
  return {
    head: first.length === 1 && first[0] ? first[0] : Buffer.concat(first),
    async *blocks() {
      try {
        yield* first.splice(0);
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
      } finally {
        await iterator.return?.();
      }
    },
  };
}

function refuseForeign(head: Buffer, compression: Compression | undefined): void {
  const foreign = foreignFormat(head);
  if (foreign === undefined) return;
  const where =
    compression === undefined ? 'The export is' : `The export is packed with ${compression} and is unpacked`;
  throw new InvalidExport(
    `${where} ${foreign.what}. Allowed: CSV or JSON Lines as text, also packed once with gzip or zstd. ${foreign.remedy} and upload it again.`,
  );
}

/** Without the byte order mark. */
async function* behind(blocks: AsyncGenerator<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const block of blocks) {
    const skipped = Math.min(left, block.length);
    left -= skipped;
    if (block.length > skipped) yield block.subarray(skipped);
  }
}
