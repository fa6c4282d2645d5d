import type { ExportStep } from '../types.ts';
import { keyField, type MappingFile } from './mapping.ts';
import { type Row, readRows } from './rows.ts';
import { type Statement, statement } from './statement.ts';
import { faultOf, sourceTime } from './validity.ts';
import { instant, profileValue } from './values.ts';
import { isOlder, type Version } from './version.ts';

/** What an export must come to, whatever else is there. */
export interface ReadExport {
  readonly rows: number;
  readonly exportTime: number;
  /** Row numbers of records whose key comes again with a version that is not older. */
  readonly superseded: ReadonlySet<number>;
  /** The code of each row that must be rejected. */
  readonly rejected: ReadonlyMap<number, string>;
  /** By row number. */
  readonly statements: ReadonlyMap<number, Statement>;
  /** Whether it says which customers there are. */
  readonly isFull: boolean;
}

/** @param uploadTime LastModified of this version in whole seconds, with the order among those of one second as milliseconds. */
export function readExport(mapping: MappingFile, step: ExportStep, uploadTime: number): ReadExport {
  const exportTime = exportTimeOf(step, uploadTime);
  const key = keyField(mapping);
  const versionOf = ({ values, original, row }: Row): Version | undefined => {
    const from = original ?? { exportTime, uploadTime, row };
    const source = mapping.updatedAt ? sourceTime(mapping, values) : from.exportTime;
    return source === undefined ? undefined : [source, from.exportTime, from.uploadTime, from.row];
  };

  const rows = readRows(step.name, step.content);
  const superseded = new Set<number>();
  const newestByKey = new Map<string, { row: number; version: Version }>();
  for (const one of rows) {
    const customerKey = profileValue(key, one.values.get(key.column) ?? '');
    const version = versionOf(one);
    if (customerKey === '' || version === undefined || !one.isRanked) continue;
    const other = newestByKey.get(customerKey);
    const isNewest = other === undefined || !isOlder(version, other.version);
    if (other !== undefined) superseded.add(isNewest ? other.row : one.row);
    if (isNewest) newestByKey.set(customerKey, { row: one.row, version });
  }

  const rejected = new Map<number, string>();
  const statements = new Map<number, Statement>();
  for (const one of rows) {
    if (superseded.has(one.row)) continue;
    const code = faultOf(mapping, one);
    const version = versionOf(one);
    if (code !== undefined) rejected.set(one.row, code);
    else if (version !== undefined) {
      const customerKey = profileValue(key, one.values.get(key.column) ?? '');
      statements.set(one.row, statement(mapping, customerKey, one.values, version));
    }
  }
  const isFull =
    mapping.exports.contains === 'full' && mapping.updatedAt === undefined && !rows.some(({ original }) => original);
  return { rows: rows.length, exportTime, superseded, rejected, statements, isFull };
}

const TOKYO_MS = 9 * 60 * 60 * 1_000;

/** The metadata, else the day in the key (the start of it in Tokyo), else the upload. */
function exportTimeOf({ asOf, name }: ExportStep, uploadTime: number): number {
  const [, day] = /customers-(\d{4}-\d{2}-\d{2})/.exec(name) ?? [];
  if (asOf !== undefined) return instant(asOf) ?? Number.NaN;
  return day === undefined ? Math.floor(uploadTime / 1_000) * 1_000 : Date.parse(day) - TOKYO_MS;
}
