import { readerFailure } from './errors.ts';
import { type Item, itemsOf } from './items.ts';
import { isObject, type Json } from './json.ts';

/**
 * The items of a JSON object in S3: the elements of its array, or the members of its object.
 *
 * @param pointer where inside it they are, as a JSON Pointer (RFC 6901).
 * @throws StateFailure `States.ItemReaderFailed`, without anything of what the object holds.
 */
export async function readJsonFile(chunks: AsyncIterable<Buffer>, pointer = ''): Promise<readonly Item[]> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const items = itemsOf(resolve(parse(Buffer.concat(parts).toString('utf8')), pointer));
  if (items === undefined) throw readerFailure('Attempting to map over non-iterable node.');
  return items;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw readerFailure('The object is not valid JSON.');
  }
}

function resolve(root: Json, pointer: string): Json {
  let value: Json | undefined = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isObject(value) && Object.hasOwn(value, name) ? (value[name] as Json) : undefined;
  }
  if (value === undefined) throw readerFailure('The ItemsPointer points at nothing in the object.');
  return value;
}
