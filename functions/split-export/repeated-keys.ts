import { MAX_FUTURE_MS } from '../shared/mapping/limits.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { KeySpool } from './key-spool.ts';
import type { RecordScanner } from './record-scanner.ts';
import { RowBitmap } from './row-bitmap.ts';

export interface RepeatedKeysOptions {
  readonly mapping: Mapping;
  /** Of the export, and the present; epoch milliseconds. */
  readonly exportTime: number;
  readonly uploadTime: number;
  readonly now: number;
  /** True if records may bring the version of the export that they were rejected from. */
  readonly mayBeCorrected: boolean;
  readonly tempDirectory: string;
}

/**
 * Tells which records of an export are superseded: their key, as mapped, comes again with a version that is not older.
 * Without `updatedAt` that is every one but the last. Records without a key, or whose version can't be read, take no
 * part; the worker rejects them.
 */
export class RepeatedKeys {
  readonly #options: RepeatedKeysOptions;
  readonly #spool: KeySpool;
  /** Source time and index of the record; for corrected ones export time, upload time and row come between. */
  readonly #rank: Float64Array;
  #foundCorrected = false;

  constructor(options: RepeatedKeysOptions) {
    this.#options = options;
    this.#rank = new Float64Array(options.mayBeCorrected ? 5 : 2);
    this.#spool = new KeySpool(this.#rank.length, options.tempDirectory);
  }

  /** True if a record brought the version of another export. */
  get foundCorrected(): boolean {
    return this.#foundCorrected;
  }

  /** Takes the scanner's current record, which is the `index`th from 0 and has this row number. */
  add(scanner: RecordScanner, index: number, row: number): void {
    const { mapping, exportTime, uploadTime, now, mayBeCorrected } = this.#options;
    const key = mapping.customerKey(scanner.keyText());
    if (key === undefined) return;
    const { isReadable, original } = mayBeCorrected ? scanner.original() : NOT_CORRECTED;
    if (!isReadable) return;
    if (original !== undefined) this.#foundCorrected = true;

    const rank = this.#rank;
    if (mapping.updatedAtColumn === undefined) {
      rank[0] = original?.exportTime ?? exportTime;
    } else {
      const sourceTime = mapping.sourceTime(scanner.updatedAtText());
      if (sourceTime === undefined || sourceTime > now + MAX_FUTURE_MS) return;
      rank[0] = sourceTime;
    }
    if (mayBeCorrected) {
      rank[1] = original?.exportTime ?? exportTime;
      rank[2] = original?.uploadTime ?? uploadTime;
      rank[3] = original?.row ?? row;
    }
    rank[rank.length - 1] = index;
    this.#spool.add(key, rank);
  }

  /** The indexes of the superseded records. */
  superseded(): RowBitmap {
    const superseded = new RowBitmap();
    this.#spool.findSuperseded(superseded);
    return superseded;
  }

  close(): void {
    this.#spool.close();
  }
}

const NOT_CORRECTED = { isReadable: true, original: undefined } as const;
