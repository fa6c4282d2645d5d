import { constants, gzipSync, zstdCompressSync } from 'node:zlib';

/** Stands for all that is a customer's: it must never be in a message, log, history or report. */
export const MARK = 'MARK-Taro-Yamada';

/** A night's export that can't be taken, for a mapping with the columns id, name and email. */
export interface RefusedExport {
  /** Reads on behind "refuses". */
  readonly what: string;
  /** `.csv` by default. */
  readonly suffix?: string;
  readonly content: Buffer;
  /** What and where. */
  readonly says: RegExp;
}

const HEADER = 'id,name,email\n';
const ROWS = `1,${MARK},t@example.com\n2,${MARK},u@example.com\n`;
const CSV = HEADER + ROWS;
const LINES = `{"id":"1","name":"${MARK}"}\n{"id":"2","name":"${MARK}"}\n`;

const utf8 = (...parts: readonly (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const GZIP = gzipSync(CSV);
const ZSTD = zstdCompressSync(CSV, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const ZIP = utf8(latin1('PK\x03\x04\x14\0\x06\0\x08\0'), MARK);

/** In its checksum. */
function damaged(packed: Buffer): Buffer {
  const bytes = Buffer.from(packed);
  const at = bytes.length - (bytes[0] === 0x1f ? 8 : 4);
  bytes[at] = ~(bytes[at] ?? 0);
  return bytes;
}

export const REFUSED: readonly RefusedExport[] = [
  { what: 'no bytes', content: utf8(), says: /is empty/ },
  { what: 'only a byte order mark', content: utf8('\ufeff'), says: /is empty/ },
  { what: 'only blank lines', content: utf8('\n\r\n  \n'), says: /is empty/ },
  { what: 'no bytes in JSON Lines', suffix: '.jsonl', content: utf8(), says: /is empty/ },

  { what: 'UTF-16 without a mark', content: utf16(CSV), says: /UTF-16 without a byte order mark/ },
  { what: 'UTF-16 without a mark, big end first', content: utf16(CSV).swap16(), says: /UTF-16 without/ },
  { what: 'a Japanese header in UTF-16', content: utf16(`顧客番号,氏名\n1,${MARK}\n`), says: /UTF-16 without/ },
  { what: 'JSON Lines in UTF-16', suffix: '.jsonl', content: utf16(LINES), says: /UTF-16 without/ },
  {
    what: 'gzip that lacks its end',
    suffix: '.csv.gz',
    content: GZIP.subarray(0, -9),
    says: /packed with gzip, and its end is missing/,
  },
  {
    what: 'zstd that lacks its end',
    suffix: '.csv.zst',
    content: ZSTD.subarray(0, -9),
    says: /packed with zstd, and its end is missing/,
  },
  {
    what: 'damaged gzip',
    suffix: '.csv.gz',
    content: damaged(GZIP),
    says: /packed with gzip and damaged at about byte (N|\d+) of the file/,
  },
  {
    what: 'damaged zstd',
    suffix: '.csv.zst',
    content: damaged(ZSTD),
    says: /packed with zstd and damaged at about byte (N|\d+) of the file/,
  },
  {
    what: 'gzip with something behind it',
    suffix: '.csv.gz',
    content: utf8(GZIP, MARK),
    says: /gzip and damaged at about byte (N|\d+) of/,
  },
  {
    what: 'zstd with something behind it',
    suffix: '.csv.zst',
    content: utf8(ZSTD, MARK),
    says: /zstd and damaged at about byte (N|\d+) of/,
  },
  {
    what: 'a second zstd frame that lacks its end',
    suffix: '.csv.zst',
    content: utf8(ZSTD, ZSTD.subarray(0, -9)),
    says: /end is missing/,
  },
  {
    what: 'gzip in gzip',
    content: gzipSync(GZIP),
    says: /packed with gzip and is unpacked packed with gzip\..*Pack it once/,
  },
  { what: 'a zip in zstd', content: zstdCompressSync(ZIP), says: /packed with zstd and is unpacked a zip file/ },
  { what: 'gzip of nothing', suffix: '.csv.gz', content: gzipSync(''), says: /is empty/ },
  {
    what: 'a CSV that is named .gz',
    suffix: '.csv.gz',
    content: utf8(CSV),
    says: /named \.gz, but .* not those of gzip/,
  },
  { what: 'gzip that is named .zst', suffix: '.csv.zst', content: GZIP, says: /named \.zst, but .* not those of zstd/ },
  { what: 'bzip2', content: utf8('BZh91AY&SY', MARK), says: /packed with bzip2\..*gzip or zstd instead/ },
  { what: 'a Parquet file', content: utf8('PAR1', MARK), says: /a Parquet file\./ },
  {
    what: 'half a pair in UTF-16',
    content: utf16(`\ufeff${CSV}3,\ud83d,z\n`),
    says: /not UTF-16: row 4 .* byte 167 of the file/,
  },
  {
    what: 'half a unit at the end of UTF-16',
    content: utf16(`\ufeff${CSV}3,a`).subarray(0, -1),
    says: /not UTF-16: row 4 .* byte 167 of the file/,
  },
  {
    what: 'a row that is not UTF-8 in gzip',
    content: gzipSync(utf8(CSV, latin1(`3,Zoë ${MARK},z\n`))),
    says: /row 4 .* byte 85 of its text in UTF-8/,
  },
  {
    what: 'an .xlsx that was renamed',
    content: ZIP,
    says: /zip file or an Excel workbook \(\.xlsx\)/,
  },
  {
    what: 'an .xls that was renamed',
    content: utf8(latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'), MARK),
    says: /Excel workbook \(\.xls\)/,
  },
  {
    what: 'a picture',
    content: utf8(latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), MARK),
    says: /row 1\) is not UTF-8 at its byte 1\./,
  },
  {
    what: 'a program',
    content: utf8(latin1('\x7fELF\x02\x01\x01\0\0\0\0\0'), MARK),
    says: /row 1\) has a NUL at its byte 8, .* binary/,
  },

  { what: 'no header line', content: utf8(ROWS), says: /None of the columns is there: .* no header line/ },
  { what: 'a missing column', content: utf8(`id,name\n1,${MARK}\n`), says: /it has 2 columns; it lacks email\./ },
  {
    what: 'a column that comes twice',
    content: utf8(`id,name,name,email\n1,${MARK}\n`),
    says: /more than once name\./,
  },
  {
    what: 'a delimiter that is none',
    content: utf8(CSV.replaceAll(',', ':')),
    says: /it has 1 column; it lacks .*Allowed delimiters: comma, semicolon, tab, pipe\./,
  },
  { what: 'JSON Lines named .csv', content: utf8(LINES), says: /JSON Lines are read from files .* \.jsonl/ },
  { what: 'a quote open in the header', content: utf8(`"${CSV}`), says: /row 1\) has a quote that is never closed/ },
  {
    what: 'a header in Latin-1',
    content: latin1(`id,name,email,Straße\n1,${MARK}\n`),
    says: /row 1\) is not UTF-8 at its byte 19\./,
  },
  { what: 'a NUL in the header', content: utf8(`id,na\0me,email\n${ROWS}`), says: /row 1\) has a NUL at its byte 6,/ },
  {
    what: 'lines that end with CR alone',
    content: utf8(CSV.replaceAll('\n', '\r')),
    says: /row 1\) has a CR without LF behind it at its byte 14:/,
  },
  {
    what: 'lines that end with CR alone, though all columns seem to be there',
    content: utf8(`id,name,email,note\r1,${MARK},a,b\r`),
    says: /CR without LF .* at its byte 19:/,
  },
  {
    what: '2 MB of lines that end with CR alone',
    content: utf8(CSV.replaceAll('\n', '\r').repeat(30_000)),
    says: /CR without LF .* at its byte 14:/,
  },
  {
    what: 'a million columns',
    content: utf8(HEADER.trim(), ',c'.repeat(1_000_000), `\n1,${MARK}\n`),
    says: /row 1\) does not end within 1 MB/,
  },

  {
    what: 'a quote open in a row',
    content: utf8(CSV, `3,"${MARK},t\n4,a,b\n`),
    says: /^Row 4 has a quote that is never closed/,
  },
  {
    what: 'a row in Latin-1',
    content: utf8(CSV, latin1(`3,Zoë ${MARK},z\n`)),
    says: /row 4 has a byte that belongs to no character, byte 85 of the file/,
  },
  {
    what: 'a row in Shift_JIS',
    content: utf8(CSV, latin1(`3,\x8eR\x93c ${MARK},z\n`)),
    says: /row 4 .* byte 83 of the file/,
  },
  {
    what: 'half a character at the end',
    content: utf8(CSV, '3,é').subarray(0, -1),
    says: /row 4 .* byte 83 of the file/,
  },
  {
    what: 'half a character before a NUL',
    content: utf8(CSV, utf8('3,é').subarray(0, -1), '\0'),
    says: /not UTF-8: row 4 .* byte 83 of the file/,
  },
  { what: 'a NUL in a row', content: utf8(CSV, `3,${MARK}\0,z\n`), says: /^Row 4 has a NUL, byte 99 of the file/ },
  { what: 'a NUL in quotes', content: utf8(CSV, `3,"a\n\0${MARK}",z\n`), says: /^Row 4 has a NUL, byte 86 of/ },
  {
    what: 'a NUL far behind the beginning',
    content: utf8(HEADER, ROWS.repeat(5_000), '\0'),
    says: /^Row 10002 has a NUL, byte 330015 of the file/,
  },
  {
    what: 'a file that was never written to its end',
    content: utf8(CSV, Buffer.alloc(4_096)),
    says: /^Row 4 has a NUL, byte 81 of the file/,
  },
  {
    what: 'a row of more than 4 MB',
    content: utf8(CSV, `3,${MARK.repeat(250_001)}\n`),
    says: /^Row 4 is longer than 4 MB/,
  },

  { what: 'a JSON array', suffix: '.jsonl', content: utf8(`[${LINES.trim().replace('\n', ',')}]`), says: /JSON array/ },
  {
    what: 'a JSON array over several lines',
    suffix: '.jsonl',
    content: utf8(`[\n${LINES.trim().replace('\n', ',\n')}\n]\n`),
    says: /begins with "\[" \(row 1\)/,
  },
  {
    what: 'one JSON object over several lines',
    suffix: '.jsonl',
    content: utf8(JSON.stringify({ id: '1', name: MARK }, undefined, 2)),
    says: /None of the 4 lines of the export is a JSON object/,
  },
  { what: 'CSV named .jsonl', suffix: '.jsonl', content: utf8(CSV), says: /None of the 3 lines .* named \.csv/ },
  {
    what: 'JSON Lines that end with CR alone',
    suffix: '.ndjson',
    content: utf8(LINES.replaceAll('\n', '\r')),
    says: /The one line of the export .* LF or CRLF/,
  },
  {
    what: 'a JSON line in Latin-1',
    suffix: '.jsonl',
    content: utf8(LINES, latin1('{"id":"Zoë"}')),
    says: /row 3 .* byte 84 of the file/,
  },
  {
    what: 'a NUL in a JSON line',
    suffix: '.jsonl',
    content: utf8(LINES, `{"id":"${MARK}\0"}`),
    says: /^Row 3 has a NUL, byte 98 of the file/,
  },
  {
    what: 'a JSON line of more than 4 MB',
    suffix: '.jsonl',
    content: utf8(LINES, `{"id":"${MARK.repeat(250_001)}"}\n`),
    says: /^Row 3 is longer than 4 MB/,
  },
];
