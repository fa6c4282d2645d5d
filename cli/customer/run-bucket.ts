import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { RUN_PREFIX, runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type OpenObject, openObject } from '../connect/s3-object.ts';
import { chunkLayout, type RejectedLayout, wholeLayout } from '../rejected/rejected-layout.ts';
import { type FoundLine, headerOf, rejectedLines } from '../rejected/rejected-lines.ts';
import { readSplit } from '../runs/read-split.ts';

const WHOLE = /^runs\/(.+)\/rejected\.(csv|jsonl)$/;
const OF_A_CHUNK = /^runs\/(.+)\/rejected\/[^/]+\.(csv|jsonl)$/;
const LATE_ERROR = /^runs\/(.+)\/late-errors\/[^/]+\.json$/;

/** A file of the run bucket that holds records of customers. */
export interface CustomerFile {
  readonly key: string;
  readonly runId: string;
  readonly kind: 'rejected' | 'rejectedOfChunk' | 'lateError';
}

/** For people and for other tools. */
export function addressOf({ outputs }: Pick<ConnectedStack, 'outputs'>, { key }: Pick<CustomerFile, 'key'>): string {
  return `s3://${outputs.RunBucketName}/${key}`;
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
  readonly lines: AsyncGenerator<FoundLine>;
}

/**
 * Opens rejected files, and finds out how those of chunks are laid out: they have no header line, so their run has to be known.
 *
 * @returns undefined if there is no such file any more.
 * @throws UnreadableFile, also while the lines are read.
 */
export function rejectedReader(stack: Pick<ConnectedStack, 'clients' | 'outputs'>, mapping: Mapping) {
  const layouts = new Map<string, RejectedLayout>();
  const { clients, outputs } = stack;

  async function layoutOf({ key, kind, runId }: CustomerFile): Promise<RejectedLayout> {
    const type = key.endsWith('.jsonl') ? 'jsonl' : 'csv';
    if (type === 'jsonl' || kind === 'rejected') return wholeLayout(type);
    const layout = layouts.get(runId) ?? (await layoutOfChunks(runId));
    layouts.set(runId, layout);
    return layout;
  }

  async function layoutOfChunks(runId: string): Promise<RejectedLayout> {
    const split = await readSplit(stack, runId);
    if (split) return chunkLayout(split.export.format, mapping);
    // Of a run that Step Functions has forgotten: the whole file has the same columns.
    const Key = runFiles.rejected(runId, 'csv');
    const whole = await openObject(clients.s3, { Bucket: outputs.RunBucketName, Key });
    const names = (whole && (await headerOf(whole.bytes))) ?? [];
    return chunkLayout({ type: 'csv', columns: Object.fromEntries(names.map((name, at) => [name, at])) }, mapping);
  }

  return async (file: CustomerFile): Promise<OpenRejected | undefined> => {
    const layout = await layoutOf(file);
    const object = await openObject(clients.s3, { Bucket: outputs.RunBucketName, Key: file.key });
    return object && { object, lines: rejectedLines(object.bytes, layout, mapping) };
  };
}
