import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendXml } from '../http.ts';
import type { Caller } from '../service.ts';
import { S3Error } from './errors.ts';
import type { ObjectVersion } from './object-index.ts';

/** A request to the store, path style, taken apart. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly requestId: string;
  /** '' for a request to the service itself. */
  readonly bucket: string;
  /** '' for a request to a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

const MAX_KEY_BYTES = 1_024;

/**
 * The path is decoded by hand: a URL object would resolve the `..` and `//` that keys may hold.
 *
 * @throws S3Error InvalidURI or KeyTooLongError
 */
export function toExchange(request: IncomingMessage, response: ServerResponse, caller: Caller): Exchange {
  const [path = '', search] = (request.url ?? '/').split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  response.setHeader('x-amz-request-id', requestId);
  const exchange = { request, response, caller, requestId, bucket: decode(bucket), key: decode(key) };
  if (Buffer.byteLength(exchange.key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', `Your key is too long; at most ${MAX_KEY_BYTES} bytes of UTF-8 are allowed.`);
  }
  return { ...exchange, query: new URLSearchParams(search) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new S3Error('InvalidURI', 'The path of the request is not percent-encoded UTF-8.');
  }
}

/** The header as one string. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export function sendError(response: ServerResponse, error: S3Error): void {
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  const requestId = String(response.getHeader('x-amz-request-id'));
  sendXml(response, error.status, 'Error', { Code: error.code, Message: error.message, RequestId: requestId });
}

/** `x-amz-version-id` of a versioned bucket; none for the version `null`, as S3 does. */
export function versionHeader({ versionId }: Pick<ObjectVersion, 'versionId'>): Record<string, string> {
  return versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
}
