import { BrokenText, MisreadText } from './decode.ts';
import { ExportScan, type ExportScanOptions, type ScannedExport } from './export-scan.ts';
import { type ExportText, isPlain, readText } from './export-text.ts';
import { misread, notInEncoding } from './invalid-rows.ts';

/** What takes the text of an export that chunks can't point at: reads all of it, and keeps it. */
export type KeepText = (text: AsyncGenerator<Buffer>) => Promise<void>;

/**
 * One pass over an export, with flat memory: unpacks it, makes UTF-8 of it, finds its records.
 *
 * @param keepText called if the export is packed or in another encoding than UTF-8; nothing of the text is to be used if this
 *   function throws.
 * @throws InvalidExport, ExportTooLarge; errors of `blocks` and `keepText` as they are.
 */
export async function scanExport(
  blocks: AsyncIterable<Buffer>,
  options: ExportScanOptions,
  keepText: KeepText,
): Promise<ScannedExport> {
  const text = await readText(blocks, options.key, options.mapping);
  const scan = new ExportScan({ ...options, isCopy: !isPlain(text) });
  const scanned: { result?: ScannedExport } = {};
  try {
    const passing = passThrough(text, scan, scanned);
    if (isPlain(text)) for await (const _ of passing);
    else await keepText(passing);
  } finally {
    scan.close();
  }
  const { result } = scanned;
  if (result === undefined) throw new TypeError('The text was not read to its end.');
  const { encoding, compression } = text;
  return { ...result, format: { ...result.format, encoding, ...(compression && { compression }) } };
}

/** Scans to the end before it hands out the last block, so that a text that is refused is not kept. */
async function* passThrough(
  text: ExportText,
  scan: ExportScan,
  scanned: { result?: ScannedExport },
): AsyncGenerator<Buffer> {
  try {
    for await (const block of text.blocks) {
      scan.write(block);
      yield block;
    }
  } catch (error) {
    throw inWords(error, text, scan.nextRow);
  }
  scanned.result = scan.end();
}

/** A fault of the text, which its reader found at this row, for the user; any other error as it is. */
export function inWords(error: unknown, { encoding }: Pick<ExportText, 'encoding'>, row: number): unknown {
  if (error instanceof BrokenText) return notInEncoding(encoding, row, error.position);
  return error instanceof MisreadText ? misread(encoding, error.likely) : error;
}
