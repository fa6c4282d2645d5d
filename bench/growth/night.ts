import { Readable } from 'node:stream';
import { parseChunk } from '../../functions/shared/export/records.ts';
import type { Candidate } from '../../functions/shared/ledger/rules.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { recordToSync } from '../../functions/shared/sync/export-record.ts';
import { preparer } from '../../functions/shared/sync/prepare.ts';
import { compareVersions } from '../../functions/shared/version.ts';
import { exportCsv } from '../../samples/export-csv.ts';

/** What decides the rows of a night's export. */
export interface NightExport {
  readonly rows: number;
  /** From 1. */
  readonly night: number;
  /** Per cent of the customers that change from one night to the next. */
  readonly churn: number;
}

/** The export's text, block by block. */
export function nightText(night: NightExport): Generator<string> {
  return exportCsv({ ...night, seed: 1 });
}

/** A customer of a night, and the names of the fields that the record fills. */
export interface NightCustomer {
  readonly candidate: Candidate;
  readonly filled: readonly string[];
}

/**
 * What the ledger is asked for each customer of a night, by customer key, as a run at `exportTime` (epoch milliseconds) would:
 * the product's own reading, of valid rows, and of several rows of one customer the newest.
 */
export async function nightCandidates(
  night: NightExport,
  mapping: Mapping,
  exportTime: number,
): Promise<Map<string, NightCustomer>> {
  const text = nightText(night);
  const header = String(text.next().value).trim().split(',');
  const columns = Object.fromEntries(header.map((name, index) => [name, index]));
  const format = { type: 'csv', encoding: 'utf-8', delimiter: ',', width: header.length, columns } as const;
  const body = Readable.from(encoded(text));
  const prepare = preparer({ mapping, runId: 'seeded', resync: false });
  const newest = new Map<string, NightCustomer>();
  // A million customers share a few such lists.
  const lists = new Map<string, readonly string[]>();
  for await (const block of parseChunk(body, format, mapping, 2)) {
    for (const record of block) {
      if (record.fault) continue;
      const prepared = prepare(recordToSync(record, { exportTime, uploadTime: exportTime }), exportTime);
      const mapped = mapping.toObject(record.values);
      if (!prepared.ok || !mapped.ok) continue;
      const { customerKey, candidate } = prepared.unread;
      const other = newest.get(customerKey);
      if (other && compareVersions(candidate.version, other.candidate.version) <= 0) continue;
      const names = mapped.filled.join();
      const filled = lists.get(names) ?? mapped.filled.map((index) => mapping.definition.fields[index]?.name ?? '');
      lists.set(names, filled);
      newest.set(customerKey, { candidate, filled });
    }
  }
  return newest;
}

function* encoded(text: Iterable<string>): Generator<Buffer> {
  for (const part of text) yield Buffer.from(part);
}
