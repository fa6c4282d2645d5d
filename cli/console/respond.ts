import type { ServerResponse } from 'node:http';
import type { ProblemView } from './api.ts';
import { SECURITY_HEADERS } from './guard.ts';

type Headers = Readonly<Record<string, string>>;

export function send(response: ServerResponse, status: number, body: string | Uint8Array, headers: Headers): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-length': Buffer.byteLength(body), ...headers });
  // Node leaves the body out of an answer to HEAD.
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  send(response, status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8' });
}

/** Of an upload that is refused, nobody reads the rest: the connection ends with the answer. */
export function sendProblem(response: ServerResponse, status: number, message: string): void {
  const problem: ProblemView = { message };
  if (!response.req.complete) response.setHeader('connection', 'close');
  sendJson(response, status, problem);
}

export function redirect(response: ServerResponse, location: string, headers: Headers): void {
  send(response, 303, '', { location, ...headers });
}
