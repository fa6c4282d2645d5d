import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { NotFound, UserError } from '../user-error.ts';
import { sendRejectedFile, sendReport, sendSummary } from './downloads.ts';
import type { Host } from './host.ts';
import { sendJson } from './respond.ts';
import { LIVE_MS } from './run-reads.ts';
import { customerView } from './views/customers.ts';
import { historyView } from './views/history.ts';
import { machineView } from './views/machine.ts';
import { noticesView } from './views/notices.ts';
import { nowView } from './views/now.ts';
import { redriveNow, redriveView } from './views/redrive.ts';
import { rejectedView } from './views/rejected.ts';
import { runView } from './views/run.ts';
import { runsView } from './views/runs.ts';
import { stackView } from './views/stack.ts';
import { stopNow } from './views/stop.ts';
import { resubmitNow, startedView, uploadNow } from './views/uploads.ts';

interface Call {
  readonly host: Host;
  /** Name of a run, or the beginning of it; '' if the path names none. */
  readonly run: string;
  readonly query: URLSearchParams;
}

interface WritingCall extends Call {
  readonly request: IncomingMessage;
  /** Aborted by Ctrl-C, and when the page goes away. */
  readonly signal: AbortSignal;
}

/** JSON that pages poll: what is asked for twice within a second is read once. */
const VIEWS: Readonly<Record<string, (call: Call) => Promise<object>>> = {
  '/api/stack': ({ host }) => stackView(host),
  '/api/now': ({ host }) => nowView(host),
  '/api/notices': ({ host }) => noticesView(host),
  '/api/runs': ({ host, query }) => runsView(host, query),
  '/api/runs/:run': ({ host, run }) => runView(host, run),
  '/api/runs/:run/machine': ({ host, run }) => machineView(host, run),
  '/api/runs/:run/history': ({ host, run, query }) => historyView(host, run, query),
  '/api/runs/:run/rejected': ({ host, run, query }) => rejectedView(host, run, query),
  '/api/runs/:run/redrive': ({ host, run }) => redriveView(host, run),
  '/api/started': ({ host, query }) => startedView(host, query),
  '/api/customers': ({ host, query }) => customerView(host, query),
};

const ACTIONS: Readonly<Record<string, (call: WritingCall) => Promise<object>>> = {
  '/api/runs/:run/redrive': async ({ host, run, request }) => redriveNow(host, run, await redriveChoice(request)),
  '/api/runs/:run/stop': ({ host, run }) => stopNow(host, run),
  '/api/runs/:run/resubmission': ({ host, run, ...upload }) => resubmitNow(host, run, upload),
  '/api/exports': ({ host, ...upload }) => uploadNow(host, upload),
};

const FILES: Readonly<Record<string, (host: Host, run: string, response: ServerResponse) => Promise<void>>> = {
  '/runs/:run/report.html': sendReport,
  '/runs/:run/summary.json': sendSummary,
  '/runs/:run/rejected-file': sendRejectedFile,
};

/** @throws NotFound if nothing has this address; whatever the view throws. */
export async function answerRoute(
  request: IncomingMessage,
  response: ServerResponse,
  { host, path, query }: { readonly host: Host; readonly path: string; readonly query: URLSearchParams },
): Promise<void> {
  const { pattern, run } = patternOf(path);
  if (request.method === 'POST') {
    const action = ACTIONS[pattern];
    if (!action) throw new NotFound('Nothing has this address.');
    const done = await action({ host, run, query, request, signal: untilGone(response, host) });
    // The next poll sees what was changed.
    host.recall.renew();
    return sendJson(response, 200, done);
  }
  const file = FILES[pattern];
  if (file) return file(host, run, response);
  const view = VIEWS[pattern];
  if (!view) throw new NotFound('Nothing has this address.');
  sendJson(response, 200, await host.recall(`answer ${path}?${query}`, LIVE_MS, () => view({ host, run, query })));
}

/** The path with `:run` in place of a run's name. */
function patternOf(path: string): { readonly pattern: string; readonly run: string } {
  const [, run] = /^(?:\/api)?\/runs\/([^/]+)/.exec(path) ?? [];
  if (run === undefined) return { pattern: path, run: '' };
  try {
    return { pattern: path.replace(`/runs/${run}`, '/runs/:run'), run: decodeURIComponent(run) };
  } catch {
    throw new UserError('The percent signs of this address can not be read.');
  }
}

function untilGone(response: ServerResponse, { stack }: Host): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([stack.signal, gone.signal]);
}

async function redriveChoice(request: IncomingMessage): Promise<{ readonly evenIfItFails: boolean }> {
  const body: unknown = await json(request).catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'evenIfItFails' in body && typeof body.evenIfItFails === 'boolean') {
    return { evenIfItFails: body.evenIfItFails };
  }
  throw new UserError('The body must be JSON such as {"evenIfItFails": false}.');
}
