import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ChunkResult } from '../shared/contracts.ts';
import { runFiles } from '../shared/export/run-files.ts';
import { FirstRows, NamedCounts } from '../shared/run-counts.ts';

/** Result files read at once; they are a few hundred bytes each, so latency is all their cost. */
const READS_AT_ONCE = 32;

/** The counts of a chunk's result that a run adds up. */
export type Totals = Pick<
  ChunkResult,
  'rows' | 'synced' | 'unchanged' | 'stale' | 'rejected' | 'notCleared' | 'notNormalized'
>;

export interface RunResults {
  readonly totals: Totals;
  readonly rejectedByCode: Readonly<Record<string, number>>;
  /** The first of each code. */
  readonly rejectedRows: Readonly<Record<string, readonly number[]>>;
  readonly notClearedByField: Readonly<Record<string, number>>;
  readonly deleted?: number;
  readonly cleared?: number;
  readonly clearedByField?: Readonly<Record<string, number>>;
  /** Keys of the chunks' rejected files, in the order of chunks. */
  readonly rejectedFiles: readonly string[];
  /** True if each chunk has its result, no other is there, and in each the outcomes add up to its rows. */
  readonly isComplete: boolean;
}

/** Adds up `runs/<runId>/results/`, in which each of the run's `chunks` should have one file. */
export async function readResults(s3: S3Client, bucket: string, runId: string, chunks: number): Promise<RunResults> {
  const totals = { rows: 0, synced: 0, unchanged: 0, stale: 0, rejected: 0, notCleared: 0, notNormalized: 0 };
  const rejectedByCode = new NamedCounts();
  const rejectedRows = new FirstRows();
  const notClearedByField = new NamedCounts();
  const clearedByField = new NamedCounts();
  const rejectedFiles: string[] = [];
  let deleted = 0;
  let cleared = 0;
  let found = 0;
  let isComplete = true;

  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: runFiles.resultsPrefix(runId) });
  for await (const { Contents = [] } of pages) {
    for (let first = 0; first < Contents.length; first += READS_AT_ONCE) {
      const keys = Contents.slice(first, first + READS_AT_ONCE).map(({ Key = '' }) => Key);
      const results = await Promise.all(keys.map((key) => readResult(s3, bucket, key)));
      // Keys list in the order of chunks, so the nth file must be that of chunk n.
      results.forEach((result, index) => {
        isComplete &&= result.chunk === found && keys[index] === runFiles.result(runId, found) && addsUp(result);
        found++;
        for (const counter of Object.keys(totals) as (keyof Totals)[]) totals[counter] += result[counter];
        rejectedByCode.addAll(result.rejectedByCode);
        notClearedByField.addAll(result.notClearedByField ?? {});
        deleted += result.deleted ?? 0;
        cleared += result.cleared ?? 0;
        clearedByField.addAll(result.clearedByField ?? {});
        for (const [code, rows] of Object.entries(result.rejectedRows ?? {})) rejectedRows.add(code, ...rows);
        if (result.rejectedFile !== undefined) rejectedFiles.push(result.rejectedFile);
      });
    }
  }
  return {
    totals,
    rejectedByCode: rejectedByCode.toObject(),
    rejectedRows: rejectedRows.toObject(),
    notClearedByField: notClearedByField.toObject(),
    ...(deleted > 0 && { deleted }),
    ...(cleared > 0 && { cleared, clearedByField: clearedByField.toObject() }),
    rejectedFiles,
    isComplete: isComplete && found === chunks,
  };
}

/** Every row has exactly one outcome. */
export function addsUp({
  rows,
  synced,
  unchanged,
  stale,
  rejected,
  deleted = 0,
}: Totals & Pick<ChunkResult, 'deleted'>): boolean {
  return rows === synced + unchanged + stale + rejected + deleted;
}

async function readResult(s3: S3Client, bucket: string, key: string): Promise<ChunkResult> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '') as ChunkResult;
}
