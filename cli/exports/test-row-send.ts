import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { csvDialect } from '../../functions/shared/export/csv-dialect.ts';
import { unpackedName } from '../../functions/shared/export/export-suffixes.ts';
import { REJECTED_COLUMNS } from '../../functions/shared/export/original-version.ts';
import { rejectedHeader, rejectedLine } from '../../functions/shared/export/rejected.ts';
import { TEST_ROW_FOLDER } from '../../functions/shared/export/upload-folders.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { RunResult } from '../runs/follow-run.ts';
import { describeResult, resultAsJson } from '../runs/run-result.ts';
import { describeNoRun, type NoRun } from './run-of-upload.ts';
import { followUpload } from './sync-export.ts';
import type { TestedRow } from './test-row.ts';
import { uploadContent } from './upload.ts';
import { uploadTarget } from './upload-target.ts';

const NO_REJECTION = { code: '', reason: '' };

export interface SentRow {
  readonly result: RunResult | NoRun;
  /** Why the run rejected the row, if it did: for example the service's words. */
  readonly reason?: string;
}

/** Not if its file says already that it is not to be sent. */
export function mayBeSent(tested: TestedRow): boolean {
  return !tested.isSuperseded && tested.object !== undefined;
}

/** Uploads the row alone, from memory, so that no file of it is left behind; and follows its run. */
export async function sendRow(tested: TestedRow, stack: ConnectedStack, resync: boolean): Promise<SentRow> {
  const { path, scanned } = tested.file;
  const suffix = scanned.format.type === 'csv' ? '.csv' : '.jsonl';
  const name = `${TEST_ROW_FOLDER}${basename(unpackedName(path), extname(unpackedName(path)))}-row-${tested.judged.record.row}${suffix}`;
  const target = uploadTarget(stack, name, { resync });
  const uploaded = await uploadContent(stack, Buffer.from(fileOfRow(tested)), target);
  const result = await followUpload(stack, uploaded, resync);
  const rejected = 'summary' in result ? result.files?.rejected : undefined;
  const reason = rejected && reasonIn(await readFile(rejected, 'utf8'), tested);
  return { result, ...(reason !== undefined && { reason }) };
}

/**
 * A file of this row alone, in the form of a corrected rejected file: so the row keeps the version that it has in its
 * own file, and is never taken for the newest full export.
 */
function fileOfRow({ file, columns, judged }: TestedRow): string {
  const line = rejectedLine(judged.record, NO_REJECTION, file);
  return file.scanned.format.type === 'csv' ? rejectedHeader(columns) + line : line;
}

function reasonIn(text: string, { file }: TestedRow): string {
  if (file.scanned.format.type === 'jsonl') return (JSON.parse(text) as { _reason: string })._reason;
  const [, fields = []] = parse(text, csvDialect(',')) as unknown as string[][];
  return fields[REJECTED_COLUMNS.indexOf('_reason')] ?? '';
}

export function describeSent(
  { result, reason }: SentRow,
  stack: ConnectedStack,
): Pick<CommandResult, 'text' | 'failed'> {
  if (!('status' in result)) return describeNoRun(result, stack);
  if (!('summary' in result)) return { text: describeResult(result, stack.call), failed: true };
  const outcome = outcomeOf(result.summary);
  const { lateErrors } = result.summary;
  return {
    text: [
      `Run ${result.runId} succeeded; the outcome of the row is: ${outcome}.`,
      ...(reason === undefined ? [] : [reason]),
      ...(lateErrors > 0 ? ['Customer Profiles accepted it and failed on it afterwards (late error).'] : []),
    ].join(' '),
    failed: outcome === 'rejected' || lateErrors > 0,
  };
}

export function sentAsJson({ result, reason }: SentRow): object {
  return {
    run: 'status' in result ? resultAsJson(result) : null,
    ...('summary' in result && { outcomeOfRun: outcomeOf(result.summary) }),
    ...(reason !== undefined && { reasonOfRun: reason }),
  };
}

function outcomeOf(summary: RunSummary): 'synced' | 'unchanged' | 'stale' | 'rejected' | 'deleted' {
  const outcomes = ['synced', 'unchanged', 'stale', 'deleted'] as const;
  return outcomes.find((outcome) => (summary[outcome] ?? 0) > 0) ?? 'rejected';
}
