import { parseJsonObject } from '../../functions/shared/export/json-object.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';

/** In words; a key of the mapping's own is called by its name. */
const WORDS: Readonly<Record<string, string>> = {
  _email: 'e-mail address',
  _phone: 'phone number',
  _fullName: 'full name',
  _account: 'account number',
};

/** A value to search for, beside the customer key. */
export interface Search {
  readonly keyName: string;
  /** What the key is, in words. */
  readonly words: string;
  readonly value: string;
}

/** What a customer can be searched by beside the customer key, in words. */
export function searchWords({ definition }: Mapping): readonly string[] {
  return [
    ...new Set(definition.fields.flatMap(({ searchKey }) => (searchKey === undefined ? [] : wordsOf(searchKey)))),
  ];
}

/** Every search that a text may be meant for, normalised as the mapping sends it. */
export function searchesFor(text: string, mapping: Mapping): readonly Search[] {
  const mapped = mapping.toObject(mapping.columns.map(() => text));
  // It is longer than any value is sent.
  if (!mapped.ok) return [];
  const object = parseJsonObject(mapped.object) ?? {};
  const searches = new Map<string, Search>();
  for (const { name, searchKey } of mapping.definition.fields) {
    const value = object[name];
    if (searchKey === undefined || typeof value !== 'string') continue;
    searches.set(`${searchKey} ${value}`, { keyName: searchKey, words: wordsOf(searchKey), value });
  }
  return [...searches.values()];
}

function wordsOf(searchKey: string): string {
  return WORDS[searchKey] ?? searchKey;
}
