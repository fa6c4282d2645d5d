import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { Chunk } from '../../functions/shared/contracts.ts';
import { ExportChanged } from '../../functions/shared/errors.ts';
import type { ExportRecord } from '../../functions/shared/export/record.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { sourceTimeRule } from '../../functions/shared/version.ts';
import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { openLedger } from '../connect/ledger.ts';
import { isAbsent, isForbidden } from '../connect/s3-object.ts';
import { count, shortRun } from '../output/words.ts';
import { type FoundRun, findRun } from '../runs/find-run.ts';
import { readSummary } from '../runs/read-summary.ts';
import { explainCustomer } from './explain.ts';
import { chunkOf, type RunSource, recordIn, sourceOf } from './export-row.ts';
import { factsOf } from './row-facts.ts';
import { mayBeRejected, outcomeByFiles, outcomeByLedger, type RowOutcome, undecided } from './row-outcome.ts';

/** What is known of one row of a run. */
export interface RowStory extends RowOutcome {
  readonly runId: string;
  readonly row: number;
  /** Of the export; undefined if nobody knows it any more. */
  readonly exportKey?: string;
  /** False if its bytes are gone, or the caller may not read exports. */
  readonly isRead: boolean;
  /** Undefined if the row holds none, or is not read. */
  readonly customerKey?: string;
  /** What is not as it was when the run read the row. */
  readonly notes: readonly string[];
}

/**
 * What became of a row of a run, and everything about its customer.
 *
 * @throws UserError if there is no such run or row.
 */
export async function explainRow(
  stack: ConnectedStack,
  run: string,
  row: number,
  runs: number,
): Promise<CommandResult> {
  const story = await readRow(stack, await findRun(stack, run), row);
  const customer = story.customerKey === undefined ? undefined : await explainCustomer(stack, story.customerKey, runs);
  return {
    text: [describeRow(story), ...(customer ? [`Customer ${story.customerKey}`, customer.text] : [])].join('\n\n'),
    json: { row: story, ...(customer && { customer: customer.json }) },
    failed: !story.isRead,
  };
}

export async function readRow(stack: ConnectedStack, run: FoundRun, row: number): Promise<RowStory> {
  const { runId } = run;
  const mapping = stack.mapping();
  const chunk = await chunkOf(stack, runId, row);
  const facts = await factsOf(stack, mapping, runId, chunk, row);
  const { source, record, whyNot } = await readRecord(stack, runId, chunk, row, mapping);
  const identity = record && !record.fault ? mapping.identify(record.values, stack.clock.now()) : undefined;
  const customerKey = record && mapping.customerKey(record.values[mapping.keyColumn] ?? '');

  const notes = [
    ...(whyNot === undefined ? [] : [whyNot]),
    ...(source?.mappingHash !== undefined && source.mappingHash !== mapping.hash
      ? ['The mapping was changed since: the row is read with the deployed one.']
      : []),
  ];
  let outcome = outcomeByFiles(facts);
  if (!outcome && source && record && identity?.ok) {
    if (source.mappingHash !== mapping.hash) {
      outcome = undecided(mayBeRejected(facts), whyNotCompared(source));
    } else {
      const { entry } = await openLedger(stack).readOne(identity.customerKey);
      outcome = outcomeByLedger(entry, {
        runId,
        startedAt: await startOf(stack, run),
        version: versionOf(record, source, identity.sourceTime, mapping),
        fingerprint: mapping.fingerprint(record.values),
        mayBeRejected: mayBeRejected(facts),
      });
    }
  }
  return {
    runId,
    row,
    isRead: record !== undefined,
    ...(source && { exportKey: source.key }),
    ...(customerKey !== undefined && { customerKey }),
    ...(outcome ?? undecided(mayBeRejected(facts))),
    notes,
  };
}

/** The ledger has fingerprints, which another mapping makes otherwise of the same row. */
function whyNotCompared({ mappingHash }: RunSource): string {
  return mappingHash === undefined
    ? 'The ledger can not tell: nobody knows any more with which mapping the run read the row.'
    : 'The ledger can not tell, since the mapping was changed.';
}

interface ReadRecord {
  readonly source?: RunSource;
  readonly record?: ExportRecord;
  /** In a sentence, if there is no record. */
  readonly whyNot?: string;
}

async function readRecord(
  stack: ConnectedStack,
  runId: string,
  chunk: Chunk,
  row: number,
  mapping: Mapping,
): Promise<ReadRecord> {
  const gone = 'The row can not be read any more: this version of the export is gone.';
  let source: RunSource | undefined;
  try {
    source = await sourceOf(stack, runId, mapping);
    const record = source && (await recordIn(stack, source, chunk, row, mapping));
    return source && record ? { source, record } : { whyNot: gone };
  } catch (error) {
    const ofExport = source && { source };
    if (error instanceof ExportChanged) return { ...ofExport, whyNot: gone };
    if (!isForbidden(error)) throw error;
    const { bucket: Bucket, key: Key } = source?.source ?? {};
    if (Key !== undefined && (await isAbsent(stack.clients.s3, { Bucket, Key }))) return { ...ofExport, whyNot: gone };
    return {
      ...ofExport,
      whyNot:
        'The row can not be read with your rights: exports are read by who has grantReadExports (docs/security.md).',
    };
  }
}

function versionOf(record: ExportRecord, source: RunSource, sourceTime: number | undefined, mapping: Mapping) {
  const { exportTime, uploadTime } = source;
  const place = record.original ?? { exportTime, uploadTime, row: record.row };
  const rule = sourceTimeRule(mapping.definition.updatedAt?.column);
  return { ...place, sourceTime: sourceTime ?? place.exportTime, rule };
}

async function startOf(stack: ConnectedStack, { runId, executionArn }: FoundRun): Promise<number> {
  if (executionArn === undefined) return Date.parse((await readSummary(stack, runId))?.startedAt ?? '');
  const { startDate } = await stack.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  return startDate?.getTime() ?? Number.NaN;
}

function describeRow({ runId, row, exportKey, outcome, isCertain, why, notes }: RowStory): string {
  const what = `Row ${count(row)} of run ${shortRun(runId)}${exportKey ? ` (${exportKey})` : ''}`;
  const said = { open: 'has no outcome yet', unknown: 'is not known for certain' };
  const verb = outcome === 'open' || outcome === 'unknown' ? said[outcome] : `was ${outcome}`;
  const doubt = isCertain || outcome === 'unknown' ? '' : ' (concluded from what the ledger says now)';
  return [`${what} ${verb}${doubt}. ${why}`, ...notes].join('\n');
}
