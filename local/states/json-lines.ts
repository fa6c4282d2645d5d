import { readerFailure } from './errors.ts';
import type { Json } from './json.ts';
import { MAX_ITEM_BYTES } from './limits.ts';

const NEWLINE = 0x0a;

/**
 * The values of a JSON Lines object; blank lines count as none. Holds one line at a time.
 *
 * @throws StateFailure `States.ItemReaderFailed` with the number of the line, and nothing of what it holds.
 */
export async function* readJsonLines(chunks: AsyncIterable<Buffer>): AsyncIterable<Json> {
  let number = 0;
  for await (const line of lines(chunks)) {
    number += 1;
    const value = parseLine(line.toString('utf8').trim(), number);
    if (value !== undefined) yield value;
  }
}

function parseLine(line: string, number: number): Json | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw readerFailure(`Line ${number} is not valid JSON.`);
  }
}

async function* lines(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    length += part.length;
    if (length > MAX_ITEM_BYTES) throw readerFailure(`A line is longer than ${MAX_ITEM_BYTES} bytes.`);
    parts.push(part);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield Buffer.concat(parts);
      parts = [];
      length = 0;
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) yield Buffer.concat(parts);
}
