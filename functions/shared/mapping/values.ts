import type { CountryCode } from 'libphonenumber-js/max';
import { isSupportedCountry } from 'libphonenumber-js/max';
import type { Rejection } from '../rejection.ts';
import { normalizer } from './normalize.ts';
import type { FieldDefinition, MappingDefinition } from './types.ts';

export interface Value {
  readonly text: string;
  /** False if the field asks for a normalisation that its value does not allow. */
  readonly normalized: boolean;
}

/** A function that makes the value of a field from the raw one: trimmed and normalised; undefined if nothing is left. */
export function valueReader(field: FieldDefinition, definition: MappingDefinition): (raw: string) => Value | undefined {
  const normalize = field.normalize && normalizer(field.normalize, phoneRegionOf(definition));
  return (raw) => {
    const trimmed = raw.trim();
    if (trimmed === '') return undefined;
    if (normalize === undefined) return { text: trimmed, normalized: true };
    const text = normalize(trimmed);
    return text === undefined ? { text: trimmed, normalized: false } : { text, normalized: true };
  };
}

function phoneRegionOf({ phoneRegion }: MappingDefinition): CountryCode | undefined {
  return phoneRegion !== undefined && isSupportedCountry(phoneRegion) ? phoneRegion : undefined;
}

/** The rejection of a value over its limit; undefined within it. */
export function tooLong(field: FieldDefinition, text: string, limit: number): Rejection | undefined {
  if (text.length <= limit) return undefined;
  const length = characters(text);
  if (length <= limit) return undefined;
  const reason = `Field ${field.name} (column ${field.column}) has ${length} characters; at most ${limit} are allowed.`;
  return { code: 'TOO_LONG', reason };
}

/** The service counts Unicode characters; `length` counts two for a rare kanji or an emoji. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
