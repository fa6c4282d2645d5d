import { createReadStream } from 'node:fs';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { shellWord } from '../../functions/shared/shell-word.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import type { CheckedExport } from '../exports/check-export.ts';
import { count, counted } from '../output/words.ts';
import { UserError } from '../user-error.ts';
import { type Comparison, compare } from './compare.ts';
import { type RejectedLine, rejectedLines } from './rejected-lines.ts';
import type { RejectedRows } from './rejected-rows.ts';

/** Of many rows, so many are named. */
const NAMED = 10;

/**
 * Compares a corrected file with the rejected rows of its run.
 *
 * @param insists sends it also if nothing was corrected, or rows were only filled up with empty fields.
 * @returns undefined if the run bucket keeps the rejected rows no longer: nothing can be compared then.
 * @throws UserError that names rows, never values.
 */
export async function checkCorrected(
  corrected: CheckedExport,
  rejected: RejectedRows,
  runId: string,
  {
    mapping,
    insists,
    call,
  }: { readonly mapping: Mapping; readonly insists: boolean; readonly call: ConnectedStack['call'] },
): Promise<Comparison | undefined> {
  const { path, detected } = corrected;
  const { type } = detected.format;
  const asExport = `To sync it as an export of its own: ${call(`upload ${shellWord(path)}`)}`;
  const notRejected = new UserError(
    `${path} is no rejected file: ${type === 'csv' ? 'its first columns are' : 'its lines have'} not _row, _code, _reason, _version. Save one with ${call(`rejected ${runId} --out FILE`)} and correct it. ${asExport}`,
  );
  if (type === 'csv' && !detected.isCorrected) throw notRejected;
  if (rejected.extent !== 'no files' && rejected.type === undefined) {
    throw new UserError(
      `Run ${runId} has no rejected rows, so that ${path} can't hold corrections of them. ${asExport}`,
    );
  }

  const comparison = await compare(rejected.lines(mapping), linesOf(corrected, mapping), detected.firstRow);
  const { foreign, editedVersion, filledUp, added, corrected: changed, triedAgain, isRejectedFile } = comparison;
  if (!isRejectedFile) throw notRejected;
  if (rejected.extent === 'no files') return undefined;
  if (foreign.length > 0) {
    throw new UserError(
      `${named(foreign)} of ${path}: run ${runId} did not reject such a row; it is of another run, or its _row was changed. Take the row out, or name its run with --of. Nothing was uploaded.`,
    );
  }
  if (editedVersion.length > 0) {
    throw new UserError(
      `${named(editedVersion)} of ${path}: the _version is not the one of the rejected file. Take it over from there unchanged, or leave it empty if the row is new data. Nothing was uploaded.`,
    );
  }
  if (filledUp.length > 0 && !insists) {
    throw new UserError(
      `${named(filledUp)} of ${path} had too few fields, and only got empty ones at the end, as a spreadsheet does by itself: the run would take these for their values. Correct them, or take them out; --yes sends them as they are. Nothing was uploaded.`,
    );
  }
  if (changed + triedAgain + added + filledUp.length === 0 && !insists) {
    throw new UserError(
      `No row of ${path} was corrected: all would be rejected again. Correct some; or, if the mapping was, send them with --yes. Nothing was uploaded.`,
    );
  }
  return comparison;
}

function linesOf({ path, detected }: CheckedExport, mapping: Mapping): AsyncIterable<RejectedLine> {
  const { type, delimiter = ',', header } = detected.format;
  const bytes = createReadStream(path, { start: header?.start ?? detected.dataStart });
  return rejectedLines(bytes, type === 'csv' ? { type, delimiter, keyAt: 'by the header line' } : { type }, mapping);
}

/** What was done with the rejected rows, for the operator to look at. */
export function describeComparison(comparison: Comparison): string[] {
  const { corrected, unchanged, triedAgain, filledUp, added, leftOut } = comparison;
  return [
    `${counted(corrected, 'rejected row')} corrected.`,
    triedAgain > 0 && `${counted(triedAgain, 'row')} that only the service failed on: tried once more.`,
    filledUp.length > 0 &&
      `${named(filledUp)} of the file only filled up with empty fields: the run takes these for their values.`,
    unchanged.length > 0 &&
      `${named(unchanged)} of the file left unchanged: rejected again, unless the mapping was corrected.`,
    leftOut > 0 && `${counted(leftOut, 'rejected row')} left out.`,
    added > 0 && `${counted(added, 'row')} without _version: new data.`,
  ].filter((line) => line !== false);
}

/** `row 5`, `rows 5, 7, … (12 rows)`. */
function named(rows: readonly number[]): string {
  if (rows.length === 1) return `Row ${rows[0]}`;
  const first = rows.slice(0, NAMED).join(', ');
  return `Rows ${first}${rows.length > NAMED ? `, … (${count(rows.length)} rows)` : ''}`;
}
