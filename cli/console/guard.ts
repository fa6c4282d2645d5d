import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request decides whether it is answered. */
export interface Asked {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the requests of this console have. */
export interface Own {
  readonly port: number;
  /** Of the link that was printed. */
  readonly key: string;
}

export interface Refusal {
  readonly status: 400 | 403 | 405;
  readonly message: string;
}

/** The page itself, without customer data: it must be there to say that the link is needed. */
const OPEN_PATHS = ['/', '/main.js', '/style.css'];
const READING = ['GET', 'HEAD'];
/** A simple form of another site can send neither this header nor these types. */
const WRITING_HEADER = 'x-console';
const WRITING_TYPES = ['application/json', 'application/octet-stream'];

/** On every answer. Nothing of another host is loaded, nobody may frame the page, and nothing is kept. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Why a request is not answered; undefined if it is. The port is open to every program and every web page of the machine: pages
 * of others are told by their Host (also after DNS rebinding), their Origin or Sec-Fetch-Site; programs and other users by the key.
 */
export function refusal({ method, path, headers }: Asked, own: Own): Refusal | undefined {
  const { host, origin } = headers;
  const hosts = ownHosts(own.port);
  if (host === undefined || !hosts.includes(host)) {
    return { status: 403, message: `This console answers to ${hosts.join(' and ')} only.` };
  }
  if (origin !== undefined && origin !== `http://${host}`) return FOREIGN;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return FOREIGN;
  const isReading = READING.includes(method);
  if (!isReading && method !== 'POST') return { status: 405, message: `${method} is not allowed: GET, HEAD or POST.` };
  if (isReading && OPEN_PATHS.includes(path)) return undefined;
  if (!hasKey(headers.cookie, own)) {
    return {
      status: 403,
      message:
        'Open the link that the console printed when it was started last: it holds the key, which is new at each start.',
    };
  }
  return isReading ? undefined : refusedWriting(headers);
}

const FOREIGN: Refusal = {
  status: 403,
  message: 'The console answers its own page only. Paste the link that it printed into the address bar.',
};

function refusedWriting(headers: IncomingHttpHeaders): Refusal | undefined {
  if (headers[WRITING_HEADER] !== '1') return { status: 403, message: 'Writing takes the header X-Console: 1.' };
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (WRITING_TYPES.includes(type.trim().toLowerCase())) return undefined;
  return { status: 400, message: `The body must be of the type ${WRITING_TYPES.join(' or ')}.` };
}

/** Browsers leave it out. */
const HTTP_PORT = 80;

function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost'];
  const hosts = names.map((name) => `${name}:${port}`);
  return port === HTTP_PORT ? [...hosts, ...names] : hosts;
}

/** Browsers send cookies to all ports of a host: two consoles at once need two names. */
function cookieName({ port }: Own): string {
  return `console-${port}`;
}

/** For the browser that opened the link; it ends with the browser. */
export function keyCookie(own: Own): string {
  return `${cookieName(own)}=${own.key}; HttpOnly; SameSite=Strict; Path=/`;
}

function hasKey(cookies: string | undefined, own: Own): boolean {
  const prefix = `${cookieName(own)}=`;
  const found = (cookies ?? '').split(/; */).find((cookie) => cookie.startsWith(prefix));
  return found !== undefined && isKey(found.slice(prefix.length), own);
}

export function isKey(given: string, { key }: Own): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(key)];
  return one.length === other.length && timingSafeEqual(one, other);
}
