import { MAX_RUNS, tellingLength } from '../../runs/last-runs.ts';
import type { RunOverview } from '../../runs/run-overview.ts';
import { STATE_CHOICES, stateWord } from '../../runs/run-state.ts';
import { UserError } from '../../user-error.ts';
import type { RunLine, RunsView } from '../api.ts';
import type { Host } from '../host.ts';
import { wholeNumberIn } from '../query.ts';
import { listedRuns, overview } from '../run-reads.ts';

const DEFAULT_LIMIT = 20;

export async function runsView(host: Host, query: URLSearchParams): Promise<RunsView> {
  const limit = wholeNumberIn(query, 'limit', { min: 1, max: MAX_RUNS, otherwise: DEFAULT_LIMIT });
  const word = query.get('state');
  const status = word === null ? undefined : STATE_CHOICES.get(word.replace(' ', '-'));
  if (word !== null && !status) throw new UserError(`state is one of ${[...STATE_CHOICES.keys()].join(', ')}.`);
  const all = await listedRuns(host);
  const chosen = status ? all.filter((run) => run.status === status) : all;
  const overviews = await Promise.all(chosen.slice(0, limit).map((run) => overview(host, run)));
  return { runs: await Promise.all(overviews.map((run) => runLine(host, run))), hasMore: chosen.length > limit };
}

export async function runLine(host: Host, run: RunOverview): Promise<RunLine> {
  const { runId, status, startedAt, endedAt, redrivenAt, seconds, error } = run;
  const { rows, totalRows, synced, unchanged, stale, rejected, calls, throttled, retries } = run;
  return {
    ...{ runId, shortId: runId.slice(0, await shortLength(host)), status, state: stateWord(status) },
    key: run.export?.key,
    ...{ startedAt, seconds, rows, totalRows, synced, unchanged, stale, rejected, calls, throttled, retries },
    ...(run.deleted && { deleted: run.deleted }),
    ...(endedAt !== undefined && { endedAt }),
    ...(redrivenAt !== undefined && { redrivenAt }),
    ...(error !== undefined && { error }),
  };
}

async function shortLength(host: Host): Promise<number> {
  return tellingLength((await listedRuns(host)).map(({ runId }) => runId));
}
