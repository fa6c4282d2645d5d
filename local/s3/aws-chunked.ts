import { S3Error } from './errors.ts';

/** A chunk's header is its size and at most a signature; anything longer is no aws-chunked body. */
const MAX_HEADER_CHARACTERS = 1_024;

/**
 * Takes the aws-chunked framing off a body: `<size in hex>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n<trailers>\r\n`.
 * Signatures and trailing checksums are skipped.
 *
 * @throws S3Error IncompleteBody if the body ends before its last chunk or is not framed at all.
 */
export async function* decodeAwsChunked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let header = '';
  let remaining = 0;
  let ended = false;
  for await (const data of source) {
    let at = 0;
    while (at < data.length && !ended) {
      if (remaining > 0) {
        const piece = data.subarray(at, at + remaining);
        at += piece.length;
        remaining -= piece.length;
        yield piece;
        continue;
      }
      const newline = data.indexOf(0x0a, at);
      header += data.toString('latin1', at, newline < 0 ? data.length : newline);
      at = newline < 0 ? data.length : newline + 1;
      if (header.length > MAX_HEADER_CHARACTERS) throw incomplete();
      // The line break after a chunk's data reads as an empty header.
      if (newline >= 0 && header.trim() !== '') {
        remaining = chunkSize(header);
        ended = remaining === 0;
      }
      if (newline >= 0) header = '';
    }
  }
  if (!ended) throw incomplete();
}

function chunkSize(header: string): number {
  const size = header.trim().split(';')[0] ?? '';
  if (!/^[0-9a-f]{1,12}$/i.test(size)) throw incomplete();
  return Number.parseInt(size, 16);
}

const incomplete = () => new S3Error('IncompleteBody', 'The request body is not a complete aws-chunked body.');
