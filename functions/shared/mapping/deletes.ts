import type { DeletesDefinition } from './types.ts';

/** A function that tells whether a raw value of the column marks its record as deleted. Without the setting, none does. */
export function deletesReader(deletes: DeletesDefinition | undefined): (raw: string) => boolean {
  const marks = new Set(deletes?.values);
  return (raw) => marks.size > 0 && marks.has(raw.trim());
}
