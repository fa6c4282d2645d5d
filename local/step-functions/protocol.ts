import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../iam/access.ts';
import { isObject } from '../states/json.ts';
import { accessOf } from './access.ts';
import { ApiError } from './api-error.ts';
import { Params } from './params.ts';

export type Operation = (params: Params) => Readonly<Record<string, unknown>>;

const TARGET_PREFIX = 'AWSStepFunctions.';

/** Answers one awsJson1_0 request. */
export async function answer(
  operations: Readonly<Record<string, Operation>>,
  request: IncomingMessage,
  response: ServerResponse,
  refusal: (access: Access) => string | undefined,
): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : target;
  const body = await readBody(request);
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const message = `The embedded Step Functions does not support the operation '${name}'.`;
    return send(response, 501, { __type: 'UnsupportedOperation', message });
  }
  try {
    const members = parseBody(body);
    const refused = refusal(accessOf(name, members));
    if (refused) throw new ApiError('AccessDeniedException', refused);
    send(response, 200, operation(new Params(members)));
  } catch (error) {
    if (error instanceof ApiError) return send(response, 400, { __type: error.type, message: error.message });
    console.error(error);
    send(response, 500, { __type: 'InternalFailure', message: `The embedded Step Functions failed in ${name}.` });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    if (isObject(value)) return value;
  } catch {
    // Falls through: the parser's message would quote the body.
  }
  throw new ApiError('SerializationException', 'The request body is not a JSON object.');
}

function send(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(text);
}
