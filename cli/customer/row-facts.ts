import type { Chunk, ChunkResult } from '../../functions/shared/contracts.ts';
import { runFiles } from '../../functions/shared/export/run-files.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { textOf } from '../connect/s3-object.ts';
import { UnreadableFile } from '../rejected/rejected-lines.ts';
import type { RowFacts } from './row-outcome.ts';
import { rejectedFiles, rejectedReader } from './run-bucket.ts';

/** What the files of a run say of a row. @param chunk the one that holds the row. */
export async function factsOf(
  stack: ConnectedStack,
  mapping: Mapping,
  runId: string,
  chunk: Chunk,
  row: number,
): Promise<RowFacts> {
  const { clients, outputs } = stack;
  const { superseded } = chunk;
  const Key = runFiles.result(runId, chunk.chunk);
  const result = await textOf(clients.s3, { Bucket: outputs.RunBucketName, Key });
  const rejections = await rejectionsOf(stack, mapping, runId, chunk);
  const rejection = rejections.get(row);
  return {
    isSuperseded: superseded.includes(row),
    superseded: superseded.length,
    rejectedFound: rejections.size,
    ...(rejection && { rejection }),
    ...(result !== undefined && { result: JSON.parse(result) as ChunkResult }),
  };
}

/** Rejected rows of a chunk by their numbers, as far as files can be read. */
async function rejectionsOf(
  stack: ConnectedStack,
  mapping: Mapping,
  runId: string,
  { firstRow, rows }: Chunk,
): Promise<ReadonlyMap<number, { readonly code: string; readonly reason: string }>> {
  const open = rejectedReader(stack, mapping);
  const found = new Map<number, { readonly code: string; readonly reason: string }>();
  for (const file of await rejectedFiles(stack, runId)) {
    try {
      for await (const { row, code, reason } of (await open(file))?.lines ?? []) {
        const number = Number(row);
        if (number >= firstRow && number < firstRow + rows) found.set(number, { code, reason });
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
    }
  }
  return found;
}
