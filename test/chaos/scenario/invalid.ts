import { keyField, type MappingFile } from '../oracle/mapping.ts';
import type { Random } from '../random.ts';
import { mark } from './values.ts';
import type { Values } from './world.ts';

type Spoil = (values: Values, random: Random) => Values;

/** A record that no mapping takes, of a kind that rows and events share. */
export function invalid(mapping: MappingFile, values: Values, random: Random): Values {
  const { column: key } = keyField(mapping);
  const required = mapping.fields.filter((field) => field.required && field.column !== key);
  const kinds: Spoil[] = [
    (values, random) => ({ ...values, [key]: random.pick(['', '   ']) }),
    (values, random) => ({ ...values, [key]: mark(random).padEnd(256, 'k') }),
    (values, random) => ({ ...values, [random.pick(required).column]: random.pick(['', ' ']) }),
    (values, random) => ({ ...values, first_name: mark(random).padEnd(256, 'n') }),
    (values, random) => ({ ...values, notes: mark(random).padEnd(1_001, 'n') }),
  ];
  const { updatedAt } = mapping;
  const badTime: Spoil = (values, random) => ({ ...values, [updatedAt?.column ?? '']: random.pick(BAD_TIMES) });
  if (updatedAt && random.chance(0.4)) return badTime(values, random);
  return random.pick(kinds)(values, random);
}

const BAD_TIMES = [
  '',
  '31.03.2026',
  '2099-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
];

/** More than a profile object may have; only where the mapping has a column that fills no field of the profile. */
export function tooLarge(values: Values, random: Random): Values {
  return { ...values, memo: mark(random).padEnd(257_000, 'm') };
}
