import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ExportFormat, SplitExportOutput } from '../../functions/shared/contracts.ts';
import { VERSION_COLUMN } from '../../functions/shared/export/original-version.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { httpStatus } from '../../functions/shared/transient.ts';
import { rejectedContent } from '../../functions/summarize-run/rejected-file.ts';
import { readResults } from '../../functions/summarize-run/results.ts';
import { UserError } from '../user-error.ts';
import { type RejectedLayout, type RejectedLine, rejectedLines } from './rejected-lines.ts';
import { readSplitOutput } from './split-output.ts';

/** How a rejected file is written; a corrected one may have another. */
const DELIMITER = ',';
const OWN_COLUMNS = 4;
const FORBIDDEN = 403;

export interface RunBucket {
  readonly clients: { readonly s3: S3Client; readonly sfn: SFNClient };
  readonly outputs: { readonly RunBucketName: string };
}

export interface KnownRun {
  readonly runId: string;
  /** Undefined if Step Functions no longer knows it. */
  readonly executionArn: string | undefined;
}

/** The rejected rows of a run, in the order of its export. */
export interface RejectedRows {
  /**
   * `all` of the run; `so far`: the run is at work or failed, these are of the chunks that are done; `no files`: the run left
   * nothing in the run bucket, or it has expired there.
   */
  readonly extent: 'all' | 'so far' | 'no files';
  /** Undefined if there are none. */
  readonly type: ExportFormat['type'] | undefined;
  lines(mapping: Mapping): AsyncIterable<RejectedLine>;
  /** The rejected file as the run writes it at its end, header line included. */
  bytes(): AsyncIterable<Uint8Array>;
}

export async function findRejectedRows(stack: RunBucket, run: KnownRun): Promise<RejectedRows> {
  const { s3 } = stack.clients;
  const bucket = stack.outputs.RunBucketName;
  const files = await filesOf(s3, bucket, run.runId);
  for (const type of ['csv', 'jsonl'] as const) {
    const key = runFiles.rejected(run.runId, type);
    if (files.has(key)) return mergedRows(s3, bucket, key, type);
  }
  if (files.has(runFiles.summary(run.runId))) return noRows('all');
  if (files.size === 0) return noRows('no files');
  const { rejectedFiles } = await readResults(s3, bucket, run.runId, 0);
  return rejectedFiles.length === 0 ? noRows('so far') : rowsSoFar(stack, run, rejectedFiles);
}

/** Keys of what lies right in the folder of the run. */
async function filesOf(s3: S3Client, Bucket: string, runId: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: runFiles.folder(runId), Delimiter: '/' });
  for await (const { Contents = [] } of pages) for (const { Key = '' } of Contents) keys.add(Key);
  return keys;
}

function noRows(extent: RejectedRows['extent']): RejectedRows {
  async function* none() {}
  return { extent, type: undefined, lines: none, bytes: none };
}

function mergedRows(s3: S3Client, bucket: string, key: string, type: ExportFormat['type']): RejectedRows {
  const layout: RejectedLayout =
    type === 'csv' ? { type, delimiter: DELIMITER, keyAt: 'by the header line' } : { type };
  const bytes = () => contents(s3, bucket, [key]);
  return { extent: 'all', type, lines: (mapping) => rejectedLines(bytes(), layout, mapping), bytes };
}

/** Chunks write no header lines: state does not carry them, so that they are read from the export itself. */
async function rowsSoFar(stack: RunBucket, run: KnownRun, keys: readonly string[]): Promise<RejectedRows> {
  const { s3, sfn } = stack.clients;
  const bucket = stack.outputs.RunBucketName;
  const type = extname(keys[0] ?? '') === '.jsonl' ? 'jsonl' : 'csv';
  const split = run.executionArn === undefined ? undefined : await readSplitOutput(sfn, run.executionArn);
  return {
    extent: 'so far',
    type,
    lines: (mapping) => {
      const layout: RejectedLayout =
        type === 'csv' ? { type, delimiter: DELIMITER, keyAt: keyPosition(split, mapping) } : { type };
      return rejectedLines(contents(s3, bucket, keys), layout, mapping);
    },
    bytes: () => {
      if (type === 'jsonl') return contents(s3, bucket, keys);
      if (split) {
        const { source, format } = split.export;
        return withGrant(rejectedContent(s3, { bucket, parts: keys, source, format }), run.runId);
      }
      throw new UserError(
        `Step Functions no longer knows the run ${run.runId}, so that nobody can tell the header line of its rejected rows. Look at the rows without --csv and --out.`,
      );
    },
  };
}

/** @throws UserError if the caller may not read the export, whose header line it takes. */
async function* withGrant(content: AsyncIterable<Uint8Array>, runId: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    if (!(error instanceof Error) || httpStatus(error) !== FORBIDDEN) throw error;
    throw new UserError(
      `Run ${runId} has not ended well, so that its rejected file does not exist yet; its header line would be read from the export, which takes the grant grantReadExports. Look at the rows without --csv and --out, or redrive the run: at its end it writes the file.`,
    );
  }
}

/** The four columns come first, in place of those that a corrected export had. */
function keyPosition(split: SplitExportOutput | undefined, mapping: Mapping): number | undefined {
  const columns = split?.export.format.columns ?? {};
  const position = columns[mapping.columns[mapping.keyColumn] ?? ''];
  if (position === undefined) return undefined;
  return VERSION_COLUMN in columns ? position : position + OWN_COLUMNS;
}

async function* contents(s3: S3Client, bucket: string, keys: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a stream.');
    yield* Body;
  }
}
