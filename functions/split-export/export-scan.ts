import { MAX_RECORD_BYTES } from '../shared/export/jsonl-boundaries.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { ChunkPlan } from './chunk-plan.ts';
import { type DetectedFormat, detectFormat } from './format.ts';
import { hasNul, noJsonLines, notUtf8, openQuote, tooLong } from './invalid-rows.ts';
import { csvScanner, jsonlScanner, type RecordScanner } from './record-scanner.ts';
import { RepeatedKeys } from './repeated-keys.ts';
import type { RowBitmap } from './row-bitmap.ts';
import { Utf8Check } from './utf8.ts';

export interface ExportScanOptions {
  /** Of the export; its suffix tells the format. */
  readonly key: string;
  readonly mapping: Mapping;
  /** Epoch milliseconds. */
  readonly exportTime: number;
  readonly uploadTime: number;
  readonly now: number;
  readonly rowsPerChunk: number;
  readonly tempDirectory: string;
  /**
   * Whether what is scanned is the export's text and not its own bytes: messages then name positions in it.
   * @default false
   */
  readonly isCopy?: boolean;
}

export interface ScannedExport extends DetectedFormat {
  readonly plan: ChunkPlan;
  /** Indexes of records, from 0. */
  readonly superseded: RowBitmap;
  /** Records that are marked as deleted. */
  readonly marked: number;
}

interface Pass {
  readonly detected: DetectedFormat;
  readonly scanner: RecordScanner;
  readonly keys: RepeatedKeys;
}

/**
 * One pass over an export with flat memory: where its records are, and which of them are superseded.
 *
 * @throws InvalidExport, ExportTooLarge from `write` and `end`.
 */
export class ExportScan {
  readonly #options: ExportScanOptions;
  readonly #plan: ChunkPlan;
  readonly #utf8 = new Utf8Check();
  /** The first bytes, until they tell the format. */
  #head: Buffer = Buffer.alloc(0);
  #pass: Pass | undefined;
  /** Of the next byte that the scanner gets. */
  #offset = 0;
  #marked = 0;

  constructor(options: ExportScanOptions) {
    this.#options = options;
    this.#plan = new ChunkPlan(options.rowsPerChunk);
  }

  write(block: Buffer): void {
    if (this.#pass === undefined) this.#begin(Buffer.concat([this.#head, block]), false);
    else this.#scan(this.#pass, block);
  }

  end(): ScannedExport {
    const pass = this.#pass ?? this.#begin(this.#head, true);
    const { detected, scanner, keys } = pass;
    this.#checkWholeCharacter();
    if (!scanner.end()) {
      throw openQuote(this.nextRow);
    }
    const { records } = this.#plan;
    if (records > 0 && !scanner.foundRecord()) throw noJsonLines(records);
    const isCorrected = detected.isCorrected || keys.foundCorrected;
    return { ...detected, isCorrected, plan: this.#plan, superseded: keys.superseded(), marked: this.#marked };
  }

  /** Of the record that has begun, or of the header line. */
  get nextRow(): number {
    return this.#pass === undefined ? 1 : this.#pass.detected.firstRow + this.#plan.records;
  }

  /** Must be called in any case. */
  close(): void {
    this.#pass?.keys.close();
  }

  #begin(head: Buffer, isWhole: true): Pass;
  #begin(head: Buffer, isWhole: boolean): Pass | undefined;
  #begin(head: Buffer, isWhole: boolean): Pass | undefined {
    const { key, mapping } = this.#options;
    this.#head = head;
    const detected = detectFormat(head, isWhole, key, mapping);
    if (detected === undefined) return undefined;
    const { format, dataStart, firstRow } = detected;
    const { deletes } = mapping.definition;
    const keys = new RepeatedKeys({
      ...this.#options,
      mayBeCorrected: format.type === 'jsonl' || detected.isCorrected,
    });
    const onRecord = (start: number, end: number): void => {
      const index = this.#plan.records;
      if (end - start > MAX_RECORD_BYTES) throw tooLong(firstRow + index);
      this.#plan.add(start, end);
      keys.add(scanner, index, firstRow + index);
      if (deletes && mapping.marksDeleted(scanner.deletesText())) this.#marked++;
    };
    const scanner =
      format.type === 'csv'
        ? csvScanner(format, mapping, dataStart, onRecord)
        : jsonlScanner(mapping, dataStart, onRecord);
    this.#pass = { detected, scanner, keys };
    this.#offset = dataStart;
    this.#head = Buffer.alloc(0);
    this.#scan(this.#pass, head.subarray(dataStart));
    return this.#pass;
  }

  #scan(pass: Pass, block: Buffer): void {
    const nul = block.indexOf(0);
    const text = nul === -1 ? block : block.subarray(0, nul);
    const fault = this.#utf8.faultIn(text);
    if (fault !== undefined) {
      // Up to there, so that the message can name the row.
      pass.scanner.write(text.subarray(0, Math.max(fault, 0)));
      throw notUtf8(this.nextRow, this.#offset + fault, this.#options.isCopy);
    }
    pass.scanner.write(text);
    this.#offset += text.length;
    // At once, not at the end of the record: a quote that is never closed may take in the rest of the export.
    if (pass.scanner.begunBytes() > MAX_RECORD_BYTES) throw tooLong(this.nextRow);
    if (nul === -1) return;
    this.#checkWholeCharacter();
    throw hasNul(this.nextRow, this.#offset, this.#options.isCopy);
  }

  #checkWholeCharacter(): void {
    const begun = this.#utf8.end();
    if (begun > 0) throw notUtf8(this.nextRow, this.#offset - begun, this.#options.isCopy);
  }
}
