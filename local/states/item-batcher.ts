import { RUNTIME_ERROR, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import type { Fields } from './fields.ts';
import { type Json, type Payload, payloadOf } from './json.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import type { Visit } from './visit.ts';

/** The input of one child, with how many items it holds. */
export interface Batch {
  readonly input: Payload;
  readonly items: number;
}

/** Puts items together to children's inputs. */
export type Batching = (inputs: AsyncIterable<Payload>) => AsyncIterable<Batch>;

/** Without an ItemBatcher: each item is the input of a child. */
export const oneByOne: Batching = async function* (inputs) {
  for await (const input of inputs) yield { input, items: 1 };
};

/** A Map's ItemBatcher: `{ Items, BatchInput }`. */
export function loadItemBatcher(fields: Fields): (scope: Scope, visit: Visit) => Promise<Batching> {
  const maxItems = fields.typed('MaxItemsPerBatch', 'integer', { min: 1 });
  const maxBytes = fields.typed('MaxInputBytesPerBatch', 'integer', { min: 1, max: MAX_PAYLOAD_BYTES });
  if (maxItems === undefined && maxBytes === undefined) {
    fields.fault('MaxItemsPerBatch', 'an ItemBatcher has MaxItemsPerBatch, MaxInputBytesPerBatch or both');
  }
  const batchInput = fields.template('BatchInput');
  fields.finish();
  return async (scope, visit) => {
    const items = await maxItems?.evaluate(scope);
    const bytes = await maxBytes?.evaluate(scope);
    for (const [name, value] of Object.entries({ MaxItemsPerBatch: items, MaxInputBytesPerBatch: bytes })) {
      if (value === undefined || value > 0) continue;
      throw new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause(`${name} must be positive.`) });
    }
    const common = batchInput && payloadOf(await batchInput.evaluate(scope));
    return (inputs) => batches(inputs, items ?? Number.POSITIVE_INFINITY, bytes ?? MAX_PAYLOAD_BYTES, common);
  };
}

async function* batches(
  inputs: AsyncIterable<Payload>,
  maxItems: number,
  maxBytes: number,
  common: Payload | undefined,
): AsyncIterable<Batch> {
  const empty = Buffer.byteLength(batch([], common).input.text);
  let values: Json[] = [];
  let bytes = empty;
  for await (const { value, text } of inputs) {
    const length = Buffer.byteLength(text) + 1;
    if (values.length > 0 && (values.length >= maxItems || bytes + length > maxBytes)) {
      yield batch(values, common);
      values = [];
      bytes = empty;
    }
    values.push(value);
    bytes += length;
  }
  if (values.length > 0) yield batch(values, common);
}

function batch(values: readonly Json[], common: Payload | undefined): Batch {
  const input = payloadOf({ ...(common && { BatchInput: common.value }), Items: values });
  return { input, items: values.length };
}
