import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { wholeLayout } from '../rejected/rejected-layout.ts';
import { rejectedLines, UnreadableFile } from '../rejected/rejected-lines.ts';
import { type ByteRange, rangesOf } from './cut-rows.ts';
import { type CustomerFile, rejectedReader } from './run-bucket.ts';

/** Rows of a customer in a rejected file of the run bucket. */
export interface HeldRows {
  readonly file: CustomerFile;
  readonly etag: string;
  readonly ranges: readonly ByteRange[];
  /** Set if the bucket keeps versions: the older ones of the file keep the rows. */
  readonly versionId: string | undefined;
}

/** Rows of a customer in a rejected file that was fetched to this machine. */
export interface FetchedRows {
  readonly path: string;
  readonly ranges: readonly ByteRange[];
}

/** Searches the files one by one: one that nobody can read keeps no other from being searched. */
export async function findRows(
  stack: ConnectedStack,
  mapping: Mapping,
  files: readonly CustomerFile[],
  customerKey: string,
): Promise<{ readonly rejected: readonly HeldRows[]; readonly unreadable: readonly CustomerFile[] }> {
  const read = rowsReader(stack, mapping, customerKey);
  const rejected: HeldRows[] = [];
  const unreadable: CustomerFile[] = [];
  for (const file of files) {
    const rows = await read(file);
    if (rows === 'unreadable') unreadable.push(file);
    else if (rows) rejected.push(rows);
  }
  return { rejected, unreadable };
}

/** Finds the rows of a customer in rejected files; undefined if a file has none. */
export function rowsReader(stack: ConnectedStack, mapping: Mapping, customerKey: string) {
  const open = rejectedReader(stack, mapping);
  return async (file: CustomerFile): Promise<HeldRows | 'unreadable' | undefined> => {
    try {
      const opened = await open(file);
      if (!opened) return undefined;
      const ranges = await rangesOf(opened.lines, customerKey);
      const { etag, versionId } = opened.object;
      return ranges.length > 0 ? { file, etag, ranges, versionId } : undefined;
    } catch (error) {
      if (error instanceof UnreadableFile) return 'unreadable';
      throw error;
    }
  };
}

/** As `findRows`, in the folder of files that were fetched; `unreadable` are paths. */
export async function findFetchedRows(
  runsFolder: string,
  mapping: Mapping,
  customerKey: string,
): Promise<{ readonly fetched: readonly FetchedRows[]; readonly unreadable: readonly string[] }> {
  const fetched: FetchedRows[] = [];
  const unreadable: string[] = [];
  for await (const name of glob('*/rejected.{csv,jsonl}', { cwd: runsFolder })) {
    const path = join(runsFolder, name);
    const layout = wholeLayout(name.endsWith('.csv') ? 'csv' : 'jsonl');
    try {
      const ranges = await rangesOf(rejectedLines(createReadStream(path), layout, mapping), customerKey);
      if (ranges.length > 0) fetched.push({ path, ranges });
    } catch (error) {
      // A system error: for example, the file is of another user.
      if (!(error instanceof UnreadableFile || (error instanceof Error && 'syscall' in error))) throw error;
      unreadable.push(path);
    }
  }
  return { fetched, unreadable };
}
