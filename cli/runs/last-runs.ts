import type { ConnectedStack } from '../connect/connected-stack.ts';
import { type ListedRun, listRuns, type RunStatus } from './list-runs.ts';
import { type RunOverview, readOverview } from './run-overview.ts';

/**
 * Runs that can be looked at in one go. DescribeExecution: 250 calls at once in the smaller Regions, then 10 per second.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, read 2026-11.
 */
export const MAX_RUNS = 200;
/** Characters of a run's name that are shown, or more if some begin alike. */
const SHORT = 8;
/** Runs whose names are told apart: those of one answer of the service. */
const TOLD_APART = 1_000;

/** The last runs, newest first. */
export async function readLastRuns(
  stack: Pick<ConnectedStack, 'clients' | 'outputs' | 'clock'>,
  { limit, status }: { readonly limit: number; readonly status?: RunStatus | undefined },
): Promise<{ readonly runs: readonly RunOverview[]; readonly nameLength: number }> {
  const listed: ListedRun[] = [];
  for await (const run of listRuns(stack.clients.sfn, stack.outputs.StateMachineArn, status)) {
    listed.push(run);
    if (listed.length === TOLD_APART) break;
  }
  return {
    runs: await Promise.all(listed.slice(0, limit).map((run) => readOverview(run, stack))),
    nameLength: tellingLength(listed.map(({ runId }) => runId)),
  };
}

/** How many characters, from the beginning, tell all these names apart. */
export function tellingLength(names: readonly string[]): number {
  const all = new Set(names);
  let length = SHORT;
  while (new Set([...all].map((name) => name.slice(0, length))).size < all.size) length += 1;
  return length;
}
