import type { IncomingMessage, ServerResponse } from 'node:http';
import { isKey, keyCookie, type Own, refusal } from './guard.ts';
import type { Host } from './host.ts';
import type { PageFiles } from './page-files.ts';
import { problemOf } from './problem.ts';
import { redirect, send, sendProblem } from './respond.ts';
import { answerRoute } from './routes.ts';

interface Serving {
  readonly host: Host;
  readonly page: PageFiles;
  readonly own: Own;
  /** Each is taken in place of the key, and gone then. */
  readonly keysForOnce: Set<string>;
}

/** Answers one request; never throws. Nothing of it is logged: it may hold customer data. */
export async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { host, page, own, keysForOnce } = serving;
  // A page that is closed meanwhile has nobody left to be told.
  response.on('error', () => {});
  try {
    const { method = '', url = '/', headers } = request;
    const [path = '/'] = url.split('?', 1);
    const refused = refusal({ method, path, headers }, own);
    if (refused) return sendProblem(response, refused.status, refused.message);
    const query = new URLSearchParams(url.slice(path.length));
    const key = query.get('key');
    if (path === '/' && key !== null && (isKey(key, own) || keysForOnce.delete(key))) {
      return redirect(response, '/', { 'set-cookie': keyCookie(own) });
    }
    const file = page[path];
    if (file && method !== 'POST') return send(response, 200, file.content, { 'content-type': file.type });
    await answerRoute(request, response, { host, path, query });
  } catch (error) {
    const { status, message } = problemOf(error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, status, message);
  }
}
