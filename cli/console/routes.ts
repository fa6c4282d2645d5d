import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotFound, UserError } from '../user-error.ts';
import type { Host } from './host.ts';
import { sendJson } from './respond.ts';
import { LIVE_MS } from './run-reads.ts';
import { historyView } from './views/history.ts';
import { machineView } from './views/machine.ts';
import { noticesView } from './views/notices.ts';
import { nowView } from './views/now.ts';
import { runView } from './views/run.ts';
import { runsView } from './views/runs.ts';
import { stackView } from './views/stack.ts';

/** What stands in a request, its path cut at the slashes and decoded. */
export interface Call {
  readonly host: Host;
  /** Name of a run, or the beginning of it; '' if the path names none. */
  readonly run: string;
  readonly query: URLSearchParams;
}

/** JSON that pages poll: what is asked for twice within a second is read once. */
type View = (call: Call) => Promise<object>;

const VIEWS: Readonly<Record<string, View>> = {
  '/api/stack': ({ host }) => stackView(host),
  '/api/now': ({ host }) => nowView(host),
  '/api/notices': ({ host }) => noticesView(host),
  '/api/runs': ({ host, query }) => runsView(host, query),
  '/api/runs/:run': ({ host, run }) => runView(host, run),
  '/api/runs/:run/machine': ({ host, run }) => machineView(host, run),
  '/api/runs/:run/history': ({ host, run, query }) => historyView(host, run, query),
};

/** Path with `:run` in place of a run's name; undefined if it can't be decoded. */
export function patternOf(path: string): { readonly pattern: string; readonly run: string } | undefined {
  const [, run] = /^(?:\/api)?\/runs\/([^/]+)/.exec(path) ?? [];
  if (run === undefined) return { pattern: path, run: '' };
  try {
    return { pattern: path.replace(`/runs/${run}`, '/runs/:run'), run: decodeURIComponent(run) };
  } catch {
    return undefined;
  }
}

/** @throws NotFound if nothing has this address; whatever the view throws. */
export async function answerRoute(
  request: IncomingMessage,
  response: ServerResponse,
  { host, path, query }: { readonly host: Host; readonly path: string; readonly query: URLSearchParams },
): Promise<void> {
  const known = patternOf(path);
  if (!known) throw new UserError(`${path} is no address: its percent signs can't be read.`);
  const { pattern, run } = known;
  const call: Call = { host, run, query };
  const view = VIEWS[pattern];
  if (!view || request.method === 'POST') throw new NotFound('Nothing has this address.');
  sendJson(response, 200, await host.recall(`answer ${path}?${query}`, LIVE_MS, () => view(call)));
}
