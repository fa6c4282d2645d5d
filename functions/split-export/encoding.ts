import type { Encoding } from '../shared/contracts.ts';
import { REJECTED_COLUMNS } from '../shared/export/original-version.ts';
import type { Mapping } from '../shared/mapping/types.ts';

export const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  shift_jis: 'Shift_JIS',
  'euc-jp': 'EUC-JP',
  'windows-1252': 'Windows-1252',
  'iso-8859-1': 'ISO-8859-1',
};

const MARKS: readonly { readonly encoding: Encoding; readonly mark: Buffer }[] = [
  { encoding: 'utf-8', mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', mark: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', mark: Buffer.from([0xfe, 0xff]) },
];

export interface FoundEncoding {
  readonly encoding: Encoding;
  /** Of the byte order mark; 0 without one. */
  readonly markBytes: number;
}

/** Rejected files are written in UTF-8, whatever their export was in, and are sent back so. */
const REJECTED_STARTS = [`${REJECTED_COLUMNS.join(',')},`, `{"${REJECTED_COLUMNS[0]}":`].map((text) =>
  Buffer.from(text),
);

/**
 * The encoding of a text. A byte order mark tells it for certain; without one it is the mapping's, else UTF-8. It is never guessed
 * from the bytes: a text in one encoding is often a text in another, too, with other letters.
 */
export function encodingOf(head: Buffer, { definition }: Pick<Mapping, 'definition'>): FoundEncoding {
  const marked = MARKS.find(({ mark }) => head.subarray(0, mark.length).equals(mark));
  if (marked !== undefined) return { encoding: marked.encoding, markBytes: marked.mark.length };
  const isRejectedFile = REJECTED_STARTS.some((start) => head.subarray(0, start.length).equals(start));
  if (isRejectedFile) return { encoding: 'utf-8', markBytes: 0 };
  return { encoding: definition.exports.encoding ?? 'utf-8', markBytes: 0 };
}
