import { parse } from 'csv-parse/sync';

/** One record as the bytes of an export hold it. */
export interface Row {
  readonly row: number;
  /** By column; a missing one is ''. */
  readonly values: ReadonlyMap<string, string>;
  /** The code of a record that could not be read as one. */
  readonly fault?: 'RAGGED_ROW' | 'NOT_JSON' | 'NOT_SCALAR' | 'BAD_VERSION';
  /** False if its version is unreadable. */
  readonly isRanked: boolean;
  /** Of a corrected row: where it stood first. Times are epoch milliseconds. */
  readonly original?: { readonly exportTime: number; readonly uploadTime: number; readonly row: number };
}

export function readRows(name: string, content: string): Row[] {
  return name.endsWith('.csv') ? csvRows(content) : jsonRows(content);
}

function csvRows(content: string): Row[] {
  const text = content.replace(/^\ufeff/, '');
  const delimiter = /[,;\t|]/.exec(text)?.[0] ?? ',';
  const [header = [], ...rows] = parse(text, {
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const isCorrected = header[0] === '_row';
  return rows.map((fields, index) => {
    const values = new Map(header.map((column, place) => [column, fields[place] ?? '']));
    const row = index + 2;
    const ragged = fields.length === header.length ? {} : { fault: 'RAGGED_ROW' as const };
    const version = values.get('_version')?.trim() ?? '';
    if (!isCorrected || version === '') return { row, values, isRanked: true, ...ragged };
    const [, exportTime, uploadTime, place] = /^(\S+Z)\/(\S+Z)\/(\d+)$/.exec(version) ?? [];
    if (exportTime === undefined || uploadTime === undefined) {
      return { row, values, isRanked: false, fault: 'BAD_VERSION' };
    }
    const original = { exportTime: Date.parse(exportTime), uploadTime: Date.parse(uploadTime), row: Number(place) };
    return { row, values, isRanked: true, original, ...ragged };
  });
}

function jsonRows(content: string): Row[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r?\n/);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row = index + 1;
      const record = parsedObject(line);
      return record === undefined
        ? { row, values: new Map(), isRanked: true, fault: 'NOT_JSON' }
        : { row, isRanked: true, ...scalars(record) };
    });
}

/** The properties of a JSON object with numbers as the text they have; undefined if the text is none. */
export function parsedObject(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text, (_name, one, context?: { source?: string }) =>
      typeof one === 'number' ? (context?.source ?? String(one)) : one,
    );
    return properties(value);
  } catch {
    return undefined;
  }
}

export function properties(value: unknown): Map<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : undefined;
}

/** What the mapping can read of a JSON record; the scenarios nest only what the mapping reads. */
export function scalars(record: ReadonlyMap<string, unknown>): Pick<Row, 'values' | 'fault'> {
  const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const values = new Map(
    [...record].map(([name, value]) => [name, isNested(value) ? '' : String(value ?? '')] as const),
  );
  return { values, ...([...record.values()].some(isNested) && { fault: 'NOT_SCALAR' as const }) };
}
