import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ExportFormat } from '../../functions/shared/contracts.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { rejectedContent } from '../../functions/summarize-run/rejected-file.ts';
import { readResults } from '../../functions/summarize-run/results.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { isForbidden } from '../connect/s3-object.ts';
import { readSplit } from '../runs/read-split.ts';
import { UserError } from '../user-error.ts';
import { chunkLayout, wholeLayout } from './rejected-layout.ts';
import { type FoundLine, rejectedLines } from './rejected-lines.ts';

type Stack = Pick<ConnectedStack, 'clients' | 'outputs'>;

/** The rejected rows of a run, in the order of its export. */
export interface RejectedRows {
  /**
   * `all` of the run; `so far`: the run is at work or failed, these are of the chunks that are done; `no files`: the run left
   * nothing of its rows in the run bucket, or it has expired there.
   */
  readonly extent: 'all' | 'so far' | 'no files';
  /** Undefined if there are none. */
  readonly type: ExportFormat['type'] | undefined;
  lines(mapping: Mapping): AsyncIterable<FoundLine>;
  /** The rejected file as the run writes it at its end, header line included. */
  bytes(): AsyncIterable<Uint8Array>;
}

export async function findRejectedRows(stack: Stack, runId: string): Promise<RejectedRows> {
  const { s3 } = stack.clients;
  const bucket = stack.outputs.RunBucketName;
  const files = await filesOf(s3, bucket, runId);
  for (const type of ['csv', 'jsonl'] as const) {
    const key = runFiles.rejected(runId, type);
    if (files.has(key)) return mergedRows(s3, bucket, key, type);
  }
  if (files.has(runFiles.summary(runId))) return noRows('all');
  // A run that failed before it came to its rows has a report all the same.
  files.delete(runFiles.report(runId));
  if (files.size === 0) return noRows('no files');
  const { rejectedFiles } = await readResults(s3, bucket, runId, 0);
  return rejectedFiles.length === 0 ? noRows('so far') : rowsSoFar(stack, runId, rejectedFiles);
}

/** Keys of what lies right in the folder of the run. */
async function filesOf(s3: S3Client, Bucket: string, runId: string): Promise<Set<string>> {
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
  const bytes = () => contents(s3, bucket, [key]);
  return { extent: 'all', type, lines: (mapping) => rejectedLines(bytes(), wholeLayout(type), mapping), bytes };
}

/** Chunks write no header lines: state does not carry them, so that they are read from the export itself. */
async function rowsSoFar(stack: Stack, runId: string, keys: readonly string[]): Promise<RejectedRows> {
  const { s3 } = stack.clients;
  const bucket = stack.outputs.RunBucketName;
  const type = extname(keys[0] ?? '') === '.jsonl' ? 'jsonl' : 'csv';
  const split = await readSplit(stack, runId);
  return {
    extent: 'so far',
    type,
    lines: (mapping) => {
      const layout = chunkLayout(split?.export.format ?? { type }, mapping);
      return rejectedLines(contents(s3, bucket, keys), layout, mapping);
    },
    bytes: () => {
      if (type === 'jsonl') return contents(s3, bucket, keys);
      if (split) {
        const { source, format } = split.export;
        return withGrant(rejectedContent(s3, { bucket, parts: keys, source, format }), runId);
      }
      throw new UserError(
        `Step Functions no longer knows the run ${runId}, so that nobody can tell the header line of its rejected rows. Look at the rows without --csv and --out.`,
      );
    },
  };
}

/** @throws UserError if the caller may not read the export, whose header line it takes. */
async function* withGrant(content: AsyncIterable<Uint8Array>, runId: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new UserError(
      `Run ${runId} has not ended well, so that its rejected file does not exist yet; its header line would be read from the export, which takes the grant grantReadExports. Look at the rows without --csv and --out, or redrive the run: at its end it writes the file.`,
    );
  }
}

async function* contents(s3: S3Client, bucket: string, keys: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a stream.');
    yield* Body;
  }
}
