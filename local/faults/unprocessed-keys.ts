import { IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { readBody } from '../http.ts';
import type { Caller, Service } from '../service.ts';

type RequestItems = Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;

interface BatchGet {
  readonly RequestItems?: RequestItems;
}

/**
 * Has DynamoDB answer a BatchGetItem for every second key only, and name the others as unprocessed, as it does when an
 * answer grows too large or a partition is busy. Any other call, and one for a single key, is answered whole: then false.
 */
export async function leaveKeysOut(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<boolean> {
  const body = await readBody(request);
  const isBatchGet = String(request.headers['x-amz-target']).endsWith('.BatchGetItem');
  const asked: BatchGet = isBatchGet ? JSON.parse(body.toString('utf8')) : {};
  const left = keysOf(asked, (index) => index % 2 === 1);
  if (Object.keys(left).length === 0) {
    await service.handle(withBody(request, body), response, caller);
    return false;
  }
  const end = response.end.bind(response);
  // dynalite hands over the whole answer at its end.
  response.end = (answer: unknown) => {
    const text = response.statusCode === 200 ? withUnprocessed(String(answer), left) : String(answer);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.removeHeader('x-amz-crc32');
    return end(text);
  };
  const rest = { ...asked, RequestItems: keysOf(asked, (index) => index % 2 === 0) };
  await service.handle(withBody(request, Buffer.from(JSON.stringify(rest))), response, caller);
  return true;
}

/** The request's tables with the keys of these places; without the tables that have none of them. */
function keysOf({ RequestItems = {} }: BatchGet, isMeant: (index: number) => boolean): RequestItems {
  const tables = Object.entries(RequestItems).map(([table, items]) => {
    return [table, { ...items, Keys: items.Keys.filter((_key, index) => isMeant(index)) }] as const;
  });
  return Object.fromEntries(tables.filter(([, { Keys }]) => Keys.length > 0));
}

function withUnprocessed(answer: string, left: RequestItems): string {
  return JSON.stringify({ ...JSON.parse(answer), UnprocessedKeys: left });
}

function withBody({ headers, method, url }: IncomingMessage, body: Buffer): IncomingMessage {
  const message = Object.assign(new IncomingMessage(new Socket()), { headers, method, url, complete: true });
  message.push(body);
  message.push(null);
  return message;
}
