import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import {
  chunkLayout,
  headerOf,
  keyColumnOf,
  type RejectedLayout,
  type RejectedRecord,
  readRejected,
} from './rejected-records.ts';
import { readSplit } from './run-origin.ts';
import { type OpenObject, openObject } from './s3-object.ts';

const RUN_PREFIX = 'runs/';
const WHOLE = /^runs\/(.+)\/rejected\.(csv|jsonl)$/;
const OF_A_CHUNK = /^runs\/(.+)\/rejected\/[^/]+\.(csv|jsonl)$/;
const LATE_ERROR = /^runs\/(.+)\/late-errors\/[^/]+\.json$/;

/** A file of the run bucket that holds records of customers. */
export interface CustomerFile {
  readonly key: string;
  readonly runId: string;
  readonly kind: 'rejected' | 'rejectedOfChunk' | 'lateError';
}

/** Those under a prefix of the bucket, in the order of their keys. */
export async function customerFiles(
  { clients: { s3 }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  prefix = RUN_PREFIX,
): Promise<readonly CustomerFile[]> {
  const files: CustomerFile[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: outputs.RunBucketName, Prefix: prefix });
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '' } of Contents) {
      const [, runId = ''] = WHOLE.exec(key) ?? OF_A_CHUNK.exec(key) ?? LATE_ERROR.exec(key) ?? [];
      if (runId === '') continue;
      const kind = WHOLE.test(key) ? 'rejected' : OF_A_CHUNK.test(key) ? 'rejectedOfChunk' : 'lateError';
      files.push({ key, runId, kind });
    }
  }
  return files;
}

/**
 * The rejected files of a run: the whole one, and besides it those of the chunks, which say the same or, if the run did not
 * come to its end, are all that there is.
 */
export async function rejectedFiles(stack: ConnectedStack, runId: string): Promise<readonly CustomerFile[]> {
  const files = await customerFiles(stack, `${RUN_PREFIX}${runId}/rejected`);
  const whole = files.filter(({ kind }) => kind === 'rejected');
  return whole.length > 0 ? whole : files;
}

/** A rejected file that is read. */
export interface OpenRejected {
  readonly object: OpenObject;
  readonly records: AsyncGenerator<RejectedRecord>;
}

/**
 * Opens rejected files, and finds out how those of chunks are laid out: they have no header line, so their run has to be known.
 */
export function rejectedReader(stack: Pick<ConnectedStack, 'clients' | 'outputs'>, mapping: Mapping) {
  const layouts = new Map<string, RejectedLayout | undefined>();
  const { clients, outputs } = stack;

  async function layoutOf({ key, kind, runId }: CustomerFile): Promise<RejectedLayout | undefined> {
    if (key.endsWith('.jsonl')) return { type: 'jsonl' };
    if (kind === 'rejected') return { type: 'csv', keyAt: 'in the header line' };
    if (!layouts.has(runId)) layouts.set(runId, (await layoutBySplit(runId)) ?? (await layoutByHeader(runId)));
    return layouts.get(runId);
  }

  async function layoutBySplit(runId: string): Promise<RejectedLayout | undefined> {
    const split = await readSplit(stack, runId);
    return split && chunkLayout(split.export.format, mapping);
  }

  /** For runs that Step Functions has forgotten: the whole file has the same columns. */
  async function layoutByHeader(runId: string): Promise<RejectedLayout | undefined> {
    const Key = runFiles.rejected(runId, 'csv');
    const whole = await openObject(clients.s3, { Bucket: outputs.RunBucketName, Key });
    const names = whole && (await headerOf(whole.bytes));
    return names && { type: 'csv', keyAt: names.indexOf(keyColumnOf(mapping)) };
  }

  /** `gone` if there is no such file any more, `unreadable` if nobody knows the columns of its run. */
  return async (file: CustomerFile): Promise<OpenRejected | 'gone' | 'unreadable'> => {
    const layout = await layoutOf(file);
    if (!layout) return 'unreadable';
    const object = await openObject(clients.s3, { Bucket: outputs.RunBucketName, Key: file.key });
    return object ? { object, records: readRejected(object.bytes, layout, mapping) } : 'gone';
  };
}
