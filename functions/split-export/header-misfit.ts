import type { Mapping } from '../shared/mapping/types.ts';
import type { Candidate, Delimiter } from './header.ts';

const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;

const DELIMITER_WORDS: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

/** How many columns of a header line have one of these names. */
export function occurrences(names: readonly string[], counts: Candidate['counts']): number {
  return names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
}

/** Says why a header line does not fit the mapping: what is wrong, what is allowed and what to do. */
export function misfit(
  { delimiter, names, counts }: Candidate,
  mapping: Mapping,
  firstByte: number | undefined,
): string {
  const missing = mapping.columnNames.filter((names) => occurrences(names, counts) === 0);
  const repeated = mapping.columnNames.flatMap((names) => names.filter((name) => (counts.get(name) ?? 0) > 1));
  const alike = mapping.columnNames
    .map((names) => names.filter((name) => counts.has(name)))
    .filter((present) => present.length > 1);
  const faults = [
    missing.length > 0 && `lacks ${missing.map((names) => names.join(' or ')).join(', ')}`,
    repeated.length > 0 && `has more than once ${repeated.join(', ')}`,
    ...alike.map((present) => `has ${present.join(' and ')}, which are names of one column`),
  ].filter(Boolean);
  const own = mapping.definition.exports.delimiter;
  return [
    `The header line (row 1) does not fit the mapping: read with the delimiter ${DELIMITER_WORDS[delimiter]} it has ${columns(names.length)}; it ${faults.join(' and ')}.`,
    ...(missing.length === mapping.columns.length ? [hint(firstByte)] : []),
    'Each column of the mapping must be there once, spelled the same.',
    own === undefined
      ? `Allowed delimiters: ${Object.values(DELIMITER_WORDS).join(', ')}.`
      : `Allowed delimiter: ${DELIMITER_WORDS[own]}, as the mapping says.`,
    'Correct the header line or the mapping, and upload the export again.',
  ].join(' ');
}

function columns(width: number): string {
  return width === 1 ? '1 column' : `${width.toLocaleString('en-GB')} columns`;
}

function hint(firstByte: number | undefined): string {
  return firstByte === OPEN_OBJECT || firstByte === OPEN_ARRAY
    ? 'It begins as JSON does: JSON Lines are read from files that are named .jsonl or .ndjson.'
    : 'None of the columns is there: perhaps the export has no header line, or another delimiter.';
}
