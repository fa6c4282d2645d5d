import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, sendJson } from './http.ts';
import type { Caller } from './service.ts';
import { isObject } from './states/json.ts';

/** The members of a request, as its JSON has them. */
export type Members = Readonly<Record<string, unknown>>;

export interface Call {
  readonly caller: Caller;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** What an operation answers, or will. */
export type Operation = (members: Members, call: Call) => unknown;

/** A service that speaks AWS JSON, 1.0 or 1.1: one path, the operation in a header. */
export interface JsonApi {
  /** For messages, e.g. `Step Functions`. */
  readonly service: string;
  /** What stands before the operation in `X-Amz-Target`, with its dot. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An error that an API answers with, in the shape of its service model. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  /** As the service model names it, e.g. `ExecutionDoesNotExist`. */
  readonly type: string;
  readonly status: number;
  /** Headers of the answer, besides those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: string,
    message: string,
    { status = 400, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.type = type;
    this.status = status;
    this.headers = headers;
  }
}

/** Answers one request; an operation that the table does not have gets 501 and its name. */
export async function answerJson(
  { service, targetPrefix, operations }: JsonApi,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void =>
    sendJson(response, status, body, {
      'content-type': String(request.headers['content-type'] ?? 'application/x-amz-json-1.0'),
      'x-amzn-requestid': randomUUID(),
      ...headers,
    });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const target = String(request.headers['x-amz-target'] ?? '');
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : target;
  const body = await readBody(request);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const message = `The embedded ${service} does not support the operation '${name}'.`;
    return send(501, { __type: 'UnsupportedOperation', message });
  }
  try {
    send(200, await operation(parseBody(body.toString('utf8')), { caller, signal: gone.signal }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send(error.status, { __type: error.type, message: error.message }, error.headers);
  }
}

function parseBody(body: string): Members {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    if (isObject(value)) return value;
  } catch {
    // Falls through: the parser's message would quote the body.
  }
  throw new ApiError('SerializationException', 'The request body is not a JSON object.');
}
