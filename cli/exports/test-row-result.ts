import { formatOriginalVersion } from '../../functions/shared/version.ts';
import { oneLine } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { counted, localTime } from '../output/words.ts';
import type { TestedField, TestedRow } from './test-row.ts';
import { verdictOf } from './test-row-verdict.ts';

/** Characters of a value in the table. */
const MAX_SHOWN = 50;

const WOULD_BE: Readonly<Record<ReturnType<typeof verdictOf>['outcome'], string>> = {
  synced: 'would be sent',
  unchanged: 'would not be sent: unchanged',
  stale: 'would not be sent: stale',
  rejected: 'would be rejected',
  deleted: 'would delete its customer',
  waiting: 'would wait',
};

/** A row for a person. */
export function describeRow(tested: TestedRow): string {
  const { record, pending } = tested.judged;
  const { outcome, rejection, why } = verdictOf(tested);
  const version = pending?.candidate.version;
  return [
    `Row ${record.row} ${WOULD_BE[outcome]}${rejection ? ` (${rejection.code})` : ''}. ${why}`,
    '',
    ...(pending && version
      ? [
          `Customer key  ${pending.customerKey}`,
          `Version       ${localTime(version.sourceTime)}, of the export of ${localTime(version.exportTime)}, row ${version.row}`,
          '',
        ]
      : []),
    describeFields(tested),
    ...(tested.object === undefined
      ? []
      : ['', `Profile object, ${counted(Buffer.byteLength(tested.object), 'byte')}:`, tested.object]),
  ].join('\n');
}

export function rowAsJson(tested: TestedRow): object {
  const { judged, fields, object } = tested;
  const { pending, record } = judged;
  const { outcome, rejection, why } = verdictOf(tested);
  const version = pending?.candidate.version;
  return {
    row: record.row,
    outcome,
    ...(rejection && { code: rejection.code, reason: rejection.reason }),
    why,
    ...(pending && { customerKey: pending.customerKey }),
    ...(version && {
      sourceTime: new Date(version.sourceTime).toISOString(),
      version: formatOriginalVersion(version),
    }),
    fields,
    ...(object !== undefined && { object: JSON.parse(object), bytes: Buffer.byteLength(object) }),
  };
}

/** A line of JSON Lines that is no object has no fields to show. */
function isUnread({ judged: { record } }: TestedRow): boolean {
  return record.fault?.code === 'NOT_JSON';
}

function describeFields(tested: TestedRow): string {
  if (isUnread(tested)) return `The line: ${oneLine(String(tested.judged.record.raw))}`;
  return tested.fields.length === 0 ? 'Its other values count for nothing.' : fieldTable(tested.fields);
}

function fieldTable(fields: readonly TestedField[]): string {
  const rows = fields.map((tested) => {
    const { column, field, raw, target = '' } = tested;
    return [column, shown(raw), field, asSent(tested), target];
  });
  return table(['column', 'in the file', 'field', 'as it is sent', 'in the profile'], rows);
}

function asSent({ value, isNormalized, isCleared }: TestedField): string {
  if (value === undefined) return isCleared ? '(empty: cleared in the profile)' : '(empty: not sent)';
  return `${shown(value)}${isNormalized ? '' : ' (sent as it is)'}`;
}

/** A long value would tear the table. */
function shown(value: string): string {
  const characters = [...oneLine(value)];
  return characters.length <= MAX_SHOWN ? characters.join('') : `${characters.slice(0, MAX_SHOWN).join('')}…`;
}
