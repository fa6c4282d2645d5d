import type { Random } from '../random.ts';
import { mark } from './values.ts';
import type { Values } from './world.ts';

/** Where a corrected row stood first, as a rejected file writes it; '' for a row that was added by hand. */
export type Draft = { readonly values: Values; readonly isRagged?: boolean; readonly version?: string };

/** A CSV in one of the styles that CRMs write. Drafts with a version make it a corrected rejected file. */
export function csvText(drafts: readonly Draft[], columns: readonly string[], random: Random): string {
  const delimiter = random.weighted([
    [',', 6],
    [';', 1],
    ['\t', 1],
    ['|', 1],
  ]);
  const newline = random.pick(['\n', '\r\n']);
  const own = random.shuffled([...columns, 'internal']);
  const isCorrected = drafts.some(({ version }) => version !== undefined);
  const header = isCorrected ? ['_row', '_code', '_reason', '_version', ...own] : own;
  const lines = drafts.map(({ values, version = '', isRagged = false }, index) => {
    const leading = isCorrected ? [String(index + 2), 'TOO_LONG', 'It was too long.', version] : [];
    const record = own.map((column) => (column === 'internal' ? mark(random) : (values[column] ?? '')));
    const fields = [...leading, ...record];
    const all = !isRagged ? fields : random.chance(0.5) ? fields.slice(0, -1) : [...fields, mark(random)];
    return all.map((field) => quoted(field, delimiter, random)).join(delimiter);
  });
  const spaced = lines.flatMap((line) => (random.chance(0.03) ? [line, ''] : [line]));
  const bom = random.chance(0.2) ? '\ufeff' : '';
  return `${bom}${[header.join(delimiter), ...spaced].join(newline)}${random.chance(0.8) ? newline : ''}`;
}

/** A quote that is not at the start needs no quoting; one in ten fields is quoted without need. */
function quoted(field: string, delimiter: string, random: Random): string {
  const mustBe = field.startsWith('"') || field.includes(delimiter) || /[\r\n]/.test(field);
  return mustBe || random.chance(0.1) ? `"${field.replaceAll('"', '""')}"` : field;
}
