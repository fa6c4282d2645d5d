import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, sendJsonError } from '../http.ts';
import { IntegrationError } from '../states/errors.ts';
import type { Answer } from './environment.ts';

const HTTP_STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  RequestTooLargeException: 413,
  TooManyRequestsException: 429,
};

/** Lambda's HTTP API: a synchronous Invoke and nothing else. */
export async function handleInvoke(
  request: IncomingMessage,
  response: ServerResponse,
  invoke: (name: string, payload: string) => Promise<Answer>,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  const body = await readBody(request);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (request.method !== 'POST' || !name || type !== 'RequestResponse') {
    const what = name ? `Invoke with InvocationType ${type}` : `${request.method} ${path}`;
    return sendJsonError(response, 501, 'NotImplemented', `The embedded Lambda has no operation ${what}.`);
  }
  try {
    const answer = await invoke(decodeURIComponent(name), body.length === 0 ? '{}' : body.toString('utf8'));
    sendAnswer(response, answer);
  } catch (error) {
    if (!(error instanceof IntegrationError)) throw error;
    const shape = error.error.replace('Lambda.', '');
    sendJsonError(response, HTTP_STATUS[shape] ?? 500, shape, error.message);
  }
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  const failed = 'functionError' in answer;
  const text = failed ? JSON.stringify(answer.functionError) : answer.body;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-amz-executed-version': '$LATEST',
    ...(failed && { 'x-amz-function-error': 'Unhandled' }),
  });
  response.end(text);
}
