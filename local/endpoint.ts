import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody, sendJsonError } from './http.ts';
import type { Caller, Service } from './service.ts';

/** Where the AWS CLI and SDKs are pointed by habit at an AWS on the same machine. */
export const DEFAULT_PORT = 4566;

/** Longer than any client keeps an idle socket: were the server the first to close, a call sent just then would be lost. */
const KEEP_ALIVE_MS = 600_000;

const MAX_HEADER_BYTES = 256 * 1024;

/** A page of the stack itself, without signature, e.g. `/_stack`. */
export type PlainHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** The one HTTP server in front of every embedded service; loopback only. */
export interface Endpoint {
  readonly url: string;
  /** Takes the requests that are signed for the service from now on. */
  mount(service: Service): void;
  /** Answers unsigned requests for exactly this path. */
  mountPlain(path: string, handler: PlainHandler): void;
  /** Stops listening and drops open connections; the services are closed by their owner. */
  close(): Promise<void>;
}

/**
 * Listens on `port`, by default 4566, or another free port if that is taken; 0 always means a free port. Services are
 * told apart by the credential scope of the signature, which no part of the stack verifies: whoever reaches a loopback
 * port already has the files behind it.
 */
export async function openEndpoint(port: number = DEFAULT_PORT): Promise<Endpoint> {
  const services = new Map<string, Service>();
  const plain = new Map<string, PlainHandler>();
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      route(request, response, services, plain).catch((error: unknown) => failed(response, error));
    },
  );
  // An upload may take longer than any timeout.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await listen(server, port);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    mount: (service) => services.set(service.signingName, service),
    mountPlain: (path, handler) => plain.set(path, handler),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a signature says of its request, or undefined if there is none. */
export function credentialOf(request: IncomingMessage): { caller: Caller; signingName: string } | undefined {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const scope = header ?? new URL(request.url ?? '/', 'http://endpoint').searchParams.get('X-Amz-Credential');
  const [accessKeyId, , , signingName] = scope?.split('/') ?? [];
  return accessKeyId && signingName ? { caller: { accessKeyId }, signingName } : undefined;
}

/** The operation as AWS's JSON or query protocol names it; else the method and path. */
async function operationOf(request: IncomingMessage): Promise<string> {
  const target = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .pop();
  const action = new URLSearchParams((await readBody(request)).toString('utf8')).get('Action');
  return target || action || `${request.method} ${(request.url ?? '/').split('?')[0]}`;
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  services: ReadonlyMap<string, Service>,
  plain: ReadonlyMap<string, PlainHandler>,
): Promise<void> {
  const credential = credentialOf(request);
  if (!credential) {
    const page = plain.get((request.url ?? '/').split('?')[0] ?? '/');
    if (page) return page(request, response);
    return sendJsonError(
      response,
      403,
      'MissingAuthenticationToken',
      'This is the embedded stack of connect-profile-sync. It needs signed requests: use the AWS CLI or an SDK with AWS_ENDPOINT_URL set to this address, AWS_REGION=us-east-1, AWS_ACCESS_KEY_ID=local and AWS_SECRET_ACCESS_KEY=local.',
    );
  }
  const service = services.get(credential.signingName);
  if (!service) {
    const known = [...services.keys()].sort().join(', ');
    const asked = `${await operationOf(request)} of the service '${credential.signingName}'`;
    const message = `The embedded stack does not support ${asked}. It has the services: ${known}.`;
    return sendJsonError(response, 501, 'NotImplemented', message);
  }
  await service.handle(request, response, credential.caller);
}

function failed(response: ServerResponse, error: unknown): void {
  // The caller went away; there is nobody to answer.
  if (response.destroyed) return;
  // Frames only: the message of an error that nobody wrote may quote the request.
  const frames = error instanceof Error ? error.stack?.split('\n').filter((line) => line.startsWith('    at ')) : [];
  console.error(
    [`Embedded stack: ${error instanceof Error ? error.name : typeof error}`, ...(frames ?? [])].join('\n'),
  );
  if (response.headersSent) response.destroy();
  else sendJsonError(response, 500, 'InternalFailure', 'The embedded stack failed; its error output says where.');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' && port !== 0) listen(server, 0).then(resolve, reject);
      else reject(error);
    };
    server.once('error', refused);
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => {
      server.off('error', refused);
      resolve();
    });
  });
}
