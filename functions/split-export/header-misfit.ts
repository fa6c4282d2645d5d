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

/** Says why a header line does not fit the mapping: what is wrong, what is allowed and what to do. */
export function misfit(
  { delimiter, names, counts }: Candidate,
  mapping: Mapping,
  firstByte: number | undefined,
): string {
  const missing = mapping.columns.filter((column) => !counts.has(column));
  const repeated = mapping.columns.filter((column) => (counts.get(column) ?? 0) > 1);
  const faults = [
    missing.length > 0 && `lacks ${missing.join(', ')}`,
    repeated.length > 0 && `has more than once ${repeated.join(', ')}`,
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
