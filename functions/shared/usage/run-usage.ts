import type { ChunkProgress, FunctionUse, RunUsage } from '../contracts.ts';
import type { RunProgress } from '../run-progress.ts';
import { statesOf, TRANSITIONS_PER_START } from './state-transitions.ts';

const MIB_PER_GB = 1_024;

/**
 * Adds up what the functions of a run noted. Of a run that failed, what was noted until now. Not in it: attempts of SplitExport
 * and SummarizeRun that came to nothing, and requests whose answer never came.
 *
 * @param summarizeUse undefined if the run did not come to its summary.
 * @returns undefined if a part of the run was made by an older deployment, which noted nothing.
 */
export function usageOfRun(
  { attempts, splitUse, totalChunks }: Pick<RunProgress, 'attempts' | 'splitUse' | 'totalChunks'>,
  { redrives, summarizeUse }: { readonly redrives: number; readonly summarizeUse?: FunctionUse | undefined },
): RunUsage | undefined {
  const ofChunks = attempts.flatMap(({ use }) => use ?? []);
  if (!splitUse || ofChunks.length < attempts.length) return undefined;
  const uses = [splitUse, ...ofChunks, ...(summarizeUse ? [summarizeUse] : [])];
  const sum = (of: (use: FunctionUse) => number) => uses.reduce((total, use) => total + of(use), 0);
  return {
    readUnits: sum(({ reads }) => reads),
    writeUnits: sum(({ writes }) => writes),
    s3Puts: sum(({ puts }) => puts),
    s3Gets: sum(({ gets }) => gets),
    invocations: uses.length,
    gbSeconds: sum(({ ms, mib }) => (ms / 1000) * (mib / MIB_PER_GB)),
    stateTransitions:
      statesOf({ hasChunks: totalChunks !== 0, isSummarized: summarizeUse !== undefined }) +
      redrives +
      childTransitions(attempts),
  };
}

/** A child begins once. An attempt that no function noted is known by the number of the one after it. */
function childTransitions(attempts: readonly ChunkProgress[]): number {
  const children = new Set(attempts.map(({ chunk }) => chunk)).size;
  const lastRetries = new Map<string, number>();
  for (const { chunk, redrive, retry } of attempts) {
    const visit = `${chunk}#${redrive}`;
    lastRetries.set(visit, Math.max(retry, lastRetries.get(visit) ?? 0));
  }
  const tries = lastRetries.values().reduce((total, retry) => total + retry + 1, 0);
  return children * TRANSITIONS_PER_START + tries;
}
