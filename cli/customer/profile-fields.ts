import type { Mapping } from '../../functions/shared/mapping/types.ts';

/** One field of a profile beside what this system's object says. */
export interface ProfileField {
  /** Of the standard profile, such as `Address.City`. */
  readonly field: string;
  /** '' if the profile has none. */
  readonly profile: string;
  /** '' if the object leaves it empty, undefined if the mapping does not fill this field. */
  readonly object: string | undefined;
  readonly note?: FieldNote;
}

export type FieldNote =
  /** The CRM has emptied it, and the service keeps the old value: PutProfileObject never clears a field. */
  | 'kept'
  /** Another source, or somebody by hand, has set it. */
  | 'differs'
  /** Only other sources fill it. */
  | 'not ours';

/** In words. */
export const FIELD_NOTES: Readonly<Record<FieldNote, string>> = {
  kept: 'emptied by the CRM, kept by the service',
  differs: 'set by somebody else',
  'not ours': 'not of this system',
};

/**
 * The fields of a profile, those of the mapping first. Fields that neither has are left out.
 *
 * @param kept names of the mapping's fields that the ledger knows as emptied since they were sent.
 */
export function compareFields(
  profile: Readonly<Record<string, string>>,
  object: Readonly<Record<string, string>> | undefined,
  kept: readonly string[],
  mapping: Mapping,
): readonly ProfileField[] {
  const targeted = mapping.definition.fields.flatMap(({ name, target }) => (target ? [{ name, target }] : []));
  const targets = new Set(targeted.map(({ target }) => target));
  const ours = targeted.flatMap(({ name, target }): ProfileField[] => {
    const held = profile[target] ?? '';
    const said = object?.[name] ?? '';
    if (held === '' && said === '') return [];
    const note = noteOn(held, said, kept.includes(name));
    return [{ field: fieldName(target), profile: held, object: said, ...(object && note && { note }) }];
  });
  const others = Object.entries(profile)
    .filter(([target]) => !targets.has(target))
    .map(([target, value]): ProfileField => {
      return { field: fieldName(target), profile: value, object: undefined, note: 'not ours' };
    });
  return [...ours, ...others];
}

function noteOn(held: string, said: string, isKept: boolean): FieldNote | undefined {
  if (held === said) return undefined;
  if (said === '') return isKept ? 'kept' : 'not ours';
  return 'differs';
}

function fieldName(target: string): string {
  return target.replace(/^_profile\./, '');
}
