/** What a file is that is no text, and what to do with it: both are parts of a sentence. */
export interface ForeignFormat {
  readonly what: string;
  readonly remedy: string;
}

/** Of the beginning of an export, which tell its format. */
export const SNIFFED_BYTES = 512;

const PACK_ONCE = 'Pack it once';
const PACK_OTHERWISE = 'Unpack it, or pack it with gzip or zstd instead,';
const SAVE_AS_CSV = 'Save it as "CSV UTF-8"';

const AS_TEXT = 'Export it as CSV or JSON Lines';

/** First bytes of what people upload as .csv most often. */
const SIGNATURES: readonly { readonly bytes: Buffer; readonly format: ForeignFormat }[] = [
  {
    bytes: Buffer.from('PK\x03\x04', 'latin1'),
    format: {
      what: 'a zip file or an Excel workbook (.xlsx)',
      remedy: 'Unpack it, or pack it with gzip or zstd instead, or save the sheet as "CSV UTF-8",',
    },
  },
  {
    bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]),
    format: { what: 'an Excel workbook (.xls)', remedy: SAVE_AS_CSV },
  },
  { bytes: Buffer.from([0x1f, 0x8b]), format: { what: 'packed with gzip', remedy: PACK_ONCE } },
  { bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), format: { what: 'packed with zstd', remedy: PACK_ONCE } },
  { bytes: Buffer.from('BZh'), format: { what: 'packed with bzip2', remedy: PACK_OTHERWISE } },
  { bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), format: { what: 'packed with xz', remedy: PACK_OTHERWISE } },
  { bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf]), format: { what: 'a 7z file', remedy: PACK_OTHERWISE } },
  { bytes: Buffer.from([0x04, 0x22, 0x4d, 0x18]), format: { what: 'packed with lz4', remedy: PACK_OTHERWISE } },
  { bytes: Buffer.from('Rar!'), format: { what: 'a rar file', remedy: PACK_OTHERWISE } },
  { bytes: Buffer.from('PAR1'), format: { what: 'a Parquet file', remedy: AS_TEXT } },
  { bytes: Buffer.from('Obj\x01', 'latin1'), format: { what: 'an Avro file', remedy: AS_TEXT } },
  { bytes: Buffer.from('%PDF'), format: { what: 'a PDF', remedy: AS_TEXT } },
];

/** What an export is by its first bytes, if that is something that can't be read; undefined if it may be text. */
export function foreignFormat(head: Buffer): ForeignFormat | undefined {
  const known = SIGNATURES.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes));
  if (known !== undefined) return known.format;
  return looksLikeUtf16(head.subarray(0, SNIFFED_BYTES))
    ? { what: 'text in UTF-16 without a byte order mark', remedy: SAVE_AS_CSV }
    : undefined;
}

/** In UTF-16 each ASCII character, such as a delimiter, has a NUL beside it: all of them on the same side. */
function looksLikeUtf16(bytes: Buffer): boolean {
  const nuls = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2] = (nuls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nuls;
  return Math.min(even, odd) === 0 && Math.max(even, odd) > 1;
}
