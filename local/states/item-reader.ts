import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { DELIMITERS, readCsvRows } from './csv-rows.ts';
import { EvaluationFault, IntegrationError, readerFailure, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import type { Fields } from './fields.ts';
import type { Integrations } from './integrations.ts';
import type { Item } from './items.ts';
import { isObject, type Json } from './json.ts';
import { readJsonFile } from './json-file.ts';
import { readJsonLines } from './json-lines.ts';
import { MAX_READ_ITEMS } from './limits.ts';

export interface ItemSource {
  /** `Map.Item.Source` of its items. */
  readonly source: string;
  readonly items: AsyncIterable<Item>;
}

/** A Map's ItemReader: s3:getObject of one CSV, JSON or JSON Lines object. */
export interface ItemReader {
  /** Items are read, and their faults thrown, as they are asked for. */
  open(scope: Scope, integrations: Integrations): Promise<ItemSource>;
}

const ARGUMENTS = ['Bucket', 'Key', 'VersionId'];

type Format = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Item>;

export function loadItemReader(fields: Fields): ItemReader {
  if (!fields.has('Resource')) fields.fault('Resource', 'is required');
  fields.oneOf('Resource', ['arn:aws:states:::s3:getObject']);
  const config = fields.object('ReaderConfig');
  if (!config?.has('InputType')) fields.fault('ReaderConfig.InputType', 'is required');
  const format = config && loadFormat(config);
  const maxItems = config?.typed('MaxItems', 'integer', { min: 0 });
  config?.finish();
  for (const name of fields.membersOf('Arguments')) {
    if (!ARGUMENTS.includes(name)) fields.fault(`Arguments.${name}`, 'not supported');
  }
  if (!fields.has('Arguments')) fields.fault('Arguments', 'is required');
  const args = fields.template('Arguments');
  fields.finish();
  return {
    async open(scope, integrations) {
      const most = (await maxItems?.evaluate(scope)) ?? 0;
      if (most < 0) throw readerFailure('field MaxItems must be positive');
      const { source, chunks } = openObject(await args?.evaluate(scope), integrations);
      const items = format?.(chunks) ?? [];
      return { source, items: first(withFaults(items), Math.min(most || MAX_READ_ITEMS, MAX_READ_ITEMS)) };
    },
  };
}

function loadFormat(config: Fields): Format {
  const type = config.oneOf('InputType', ['CSV', 'JSON', 'JSONL']);
  if (type === 'CSV') return loadCsv(config);
  if (type === 'JSONL') return (chunks) => toItems(readJsonLines(chunks));
  const pointer = config.string('ItemsPointer');
  if (pointer !== undefined && !pointer.startsWith('/')) config.fault('ItemsPointer', 'must be a JSON Pointer');
  return async function* (chunks) {
    yield* await readJsonFile(chunks, pointer);
  };
}

function loadCsv(config: Fields): Format {
  if (!config.has('CSVHeaderLocation')) config.fault('CSVHeaderLocation', 'is required');
  const given = config.oneOf('CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']) === 'GIVEN';
  const headers = config.strings('CSVHeaders');
  if (given !== config.has('CSVHeaders')) {
    config.fault('CSVHeaders', 'go with "CSVHeaderLocation": "GIVEN", and it with them');
  }
  const delimiter = DELIMITERS[config.oneOf('CSVDelimiter', Object.keys(DELIMITERS)) ?? 'COMMA'] ?? ',';
  return (chunks) => toItems(readCsvRows(chunks, { headers, delimiter }));
}

function openObject(args: Json | undefined, integrations: Integrations) {
  const { Bucket, Key, VersionId } = isObject(args) ? args : {};
  if (typeof Bucket !== 'string' || typeof Key !== 'string') {
    throw new EvaluationFault('ItemReader/Arguments', 'The ItemReader needs Bucket and Key as strings.', {
      refusedByField: true,
    });
  }
  const object = { Bucket, Key, ...(typeof VersionId === 'string' && { VersionId }) };
  return { source: `S3://${Bucket}/${Key}`, chunks: decompressed(Key, read(integrations, object)) };
}

/** Asks for the object when its first bytes are. */
async function* read(integrations: Integrations, object: Parameters<Integrations['readObject']>[0]) {
  yield* integrations.readObject(object);
}

/** AWS recognises compressed objects by how their keys end. */
function decompressed(key: string, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const decompress = key.endsWith('.gz') ? createGunzip() : /\.zstd?$/.test(key) ? createZstdDecompress() : undefined;
  if (decompress === undefined) return chunks;
  const source = Readable.from(chunks);
  source.on('error', (error) => decompress.destroy(error));
  return source.pipe(decompress);
}

async function* toItems(values: AsyncIterable<Json>): AsyncIterable<Item> {
  for await (const value of values) yield { value };
}

async function* first(items: AsyncIterable<Item>, most: number): AsyncIterable<Item> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count += 1;
    if (count >= most) return;
  }
}

async function* withFaults(items: AsyncIterable<Item> | Iterable<Item>): AsyncIterable<Item> {
  try {
    yield* items;
  } catch (error) {
    if (error instanceof StateFailure) throw error;
    throw readerFailure(
      error instanceof IntegrationError ? `${error.error}: ${error.message}` : 'The object could not be read.',
    );
  }
}
