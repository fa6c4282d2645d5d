import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ObjectVersion, SplitExportInput, SplitExportOutput } from '../shared/contracts.ts';
import { ExportChanged, ExportTooLarge } from '../shared/errors.ts';
import { runFiles } from '../shared/export/run-files.ts';
import { type FullExports, isGuardedByFullExports } from '../shared/ledger/full-exports.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import type { RatePlan } from '../shared/rate-plan.ts';
import { runItemExpiry } from '../shared/run-items.ts';
import { httpStatus } from '../shared/transient.ts';
import { withMore } from '../shared/usage/function-use.ts';
import type { UsageMeter } from '../shared/usage/usage-meter.ts';
import { writeChunks } from './chunks-file.ts';
import { guardDeletes } from './deletes-guard.ts';
import { exportTimeOf, hasOwnTime, uploadTimeOf } from './export-time.ts';
import { refusePart } from './full-in-parts.ts';
import { MAX_EXPORT_BYTES } from './limits.ts';
import { locateExport } from './locate.ts';
import { scanExport } from './scan-export.ts';
import { textCopy } from './text-copy.ts';

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

export interface SplitExportDependencies {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly fullExports: FullExports;
  readonly mapping: Mapping;
  readonly ratePlan: RatePlan;
  readonly runBucket: string;
  readonly runTable: string;
  /** For what does not fit into memory: up to 2 GB. */
  readonly tempDirectory: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** @default - the run's item does not say what was used. */
  readonly meter?: UsageMeter;
}

/**
 * One pass over the export: its format, its chunks (written to chunks.jsonl) and its repeated keys. Nothing is written
 * before the whole export was read and found good; of one that is packed or in another encoding, a copy of its text in UTF-8 is.
 *
 * @throws InvalidExport, ExportTooLarge, ExportChanged.
 */
export async function splitExport(input: SplitExportInput, deps: SplitExportDependencies): Promise<SplitExportOutput> {
  const { s3, mapping, ratePlan, runBucket } = deps;
  const used = deps.meter?.start();
  const now = deps.now();
  const located = await locateExport(s3, input);
  const { object, bytes } = located;
  if (bytes > MAX_EXPORT_BYTES) {
    throw new ExportTooLarge(
      `The export has ${Math.ceil(bytes / 1e8) / 10} GB; one run reads up to ${MAX_EXPORT_BYTES / 1e9} GB. Split it into several files, each with the header line, and upload them.`,
    );
  }
  const exportTime = exportTimeOf(located, mapping.definition, now);
  const isGuarded = isGuardedByFullExports(mapping.definition);
  if (isGuarded) refusePart(object.key, hasOwnTime(located, mapping.definition));
  const uploadTime = await uploadTimeOf(s3, located);
  const copy = textCopy(s3, { bucket: runBucket, key: runFiles.exportText(input.runId) });
  const scanned = await scanExport(
    await openExport(s3, object),
    {
      key: object.key,
      mapping,
      exportTime,
      uploadTime,
      now,
      rowsPerChunk: ratePlan.rowsPerChunk,
      tempDirectory: deps.tempDirectory,
    },
    copy.keep,
  );

  const chunksFile = { bucket: runBucket, key: runFiles.chunks(input.runId) };
  const chunks = await writeChunks(s3, chunksFile, scanned, ratePlan.maxConcurrency);
  const rows = scanned.plan.records;
  const deletes = guardDeletes(mapping, scanned.marked, rows, input.approveDeletes);
  // A corrected rejected file holds a few customers of an old export.
  const registers = isGuarded && !scanned.isCorrected;
  const use = used && withMore(used(), { writes: registers ? 2 : 1 });
  const split = { rows, chunks, exportTime, ...(use && { use }), ttl: runItemExpiry(now) };
  await deps.dynamo.send(
    new PutCommand({ TableName: deps.runTable, Item: { run: input.runId, item: 'split', ...split } }),
  );
  if (registers) await deps.fullExports.register(exportTime);
  return {
    rows,
    chunks,
    duplicates: scanned.superseded.count,
    resync: input.resync,
    export: {
      ...object,
      bytes,
      exportTime: new Date(exportTime).toISOString(),
      uploadTime: new Date(uploadTime).toISOString(),
      format: scanned.format,
      mappingHash: mapping.hash,
      ...(deletes && { deletes }),
      source: copy.kept ?? object,
    },
    chunksFile,
  };
}

async function openExport(
  s3: S3Client,
  { bucket, key, versionId, etag }: ObjectVersion,
): Promise<AsyncIterable<Buffer>> {
  try {
    const request = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, IfMatch: `"${etag}"` });
    const { Body } = await s3.send(request);
    return Body as unknown as AsyncIterable<Buffer>;
  } catch (error) {
    const status = error instanceof Error ? httpStatus(error) : undefined;
    if (status !== NOT_FOUND && status !== PRECONDITION_FAILED) throw error;
    throw new ExportChanged(
      `s3://${bucket}/${key} was replaced or deleted when the run began. Upload the export again.`,
    );
  }
}
