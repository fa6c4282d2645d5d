import { RUNTIME_ERROR, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import { isObject, type Json, jsonType } from './json.ts';
import type { TypedField } from './template.ts';
import type { Visit } from './visit.ts';

/** `Map.Item.Source` of items that don't come from an ItemReader. */
export const STATE_DATA = 'STATE_DATA';

/** One item of a Map, as `$states.context.Map.Item` tells it. */
export interface Item {
  readonly value: Json;
  /** Of a member of an object: what its name is. */
  readonly key?: string | undefined;
}

/** The items of a Map's Items, or of its input if it has none. @throws StateFailure if that is no array. */
export async function arrayItems(
  items: TypedField<'array'> | undefined,
  scope: Scope,
  visit: Visit,
): Promise<readonly Json[]> {
  if (items !== undefined) return items.evaluate(scope);
  const { value } = visit.input;
  if (Array.isArray(value)) return value;
  throw new StateFailure({
    error: RUNTIME_ERROR,
    cause: visit.cause(`The input of a Map without Items must be an array, but was ${jsonType(value)}.`),
  });
}

/** As arrayItems for a distributed Map, which also takes an object: its members are the items. */
export async function collectionItems(
  items: TypedField<'collection'> | undefined,
  scope: Scope,
  visit: Visit,
): Promise<readonly Item[]> {
  const value = items === undefined && isObject(visit.input.value) ? visit.input.value : undefined;
  const collection = value ?? (await items?.evaluate(scope)) ?? (await arrayItems(undefined, scope, visit));
  return itemsOf(collection as Json) ?? [];
}

/** The elements of an array, or the members of an object as AWS hands them on; undefined for anything else. */
export function itemsOf(collection: Json): readonly Item[] | undefined {
  if (Array.isArray(collection)) return collection.map((value) => ({ value }));
  if (!isObject(collection)) return undefined;
  return Object.entries(collection).map(([key, value]) => ({ key, value: { Key: key, Value: value as Json } }));
}

/** A Map's MaxConcurrency; 0 if it has none. @throws StateFailure if it is negative. */
export async function evaluateConcurrency(
  field: TypedField<'integer'> | undefined,
  scope: Scope,
  visit: Visit,
): Promise<number> {
  const value = (await field?.evaluate(scope)) ?? 0;
  if (value >= 0) return value;
  throw new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause('MaxConcurrency cannot be negative.') });
}
