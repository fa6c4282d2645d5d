import type { IncomingMessage, ServerResponse } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';

/** The whole body of a request; for services whose requests are small (S3 streams instead). */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

const builder = new XMLBuilder({ ignoreAttributes: false });

export function sendXml(response: ServerResponse, status: number, root: string, content: unknown): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: content })}`;
  response.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** An error as the JSON protocols of AWS have it: the name in the header and in the body, where either kind of client looks. */
export function sendJsonError(response: ServerResponse, status: number, name: string, message: string): void {
  sendJson(response, status, { __type: name, message }, { 'x-amzn-errortype': name });
}
