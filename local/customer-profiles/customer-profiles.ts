import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../service.ts';
import { badRequest, ProfilesError } from './errors.ts';
import { faultFor } from './fault.ts';
import { place } from './matching.ts';
import { type Accepted, MatchingQueue } from './matching-queue.ts';
import { ObjectTypes } from './object-types.ts';
import { notImplemented, OPERATIONS, type Parts } from './operations.ts';
import { readProfileObject } from './profile-object.ts';
import { ProfileStore } from './profile-store.ts';
import { TokenBucket } from './rate-limit.ts';
import { DOMAIN_NAME, record, text } from './requests.ts';
import { findRoute } from './routes.ts';
import { DEFAULT_SETTINGS, type Settings, sampleLatency } from './settings.ts';
import { CallCounter, type CallStatistics } from './statistics.ts';

export interface CustomerProfilesService extends Service {
  /** A domain that exists stays as it is. @throws ProfilesError */
  createDomain(name: string): void;
  /** Creates or replaces an object type, from the properties of an AWS::CustomerProfiles::ObjectType. @throws ProfilesError */
  putObjectType(domain: string, properties: Readonly<Record<string, unknown>>): void;
  /** Changes settings from the next call on. */
  configure(settings: Partial<Settings>): void;
  stats(): CallStatistics;
}

/**
 * Amazon Connect Customer Profiles on one laptop. Whatever is answered with 200 is on disk; hundreds of calls may be in
 * flight.
 */
export function createCustomerProfiles(options: {
  readonly directory: string;
  readonly settings?: Partial<Settings>;
}): CustomerProfilesService {
  let settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  let closed = false;
  const store = new ProfileStore(options.directory);
  const types = new ObjectTypes(store);
  const counter = new CallCounter();
  const bucket = new TokenBucket();
  const queue = new MatchingQueue(store.database, (accepted) => {
    if (!match(store, types, accepted)) counter.unmatched();
  });
  queue.drain();
  const parts: Parts = { store, types, queue, matchingDelayMs: () => settings.matchingDelayMs };

  /** The body of the answer; undefined if the service was closed before the work was done. */
  async function answer(request: IncomingMessage): Promise<object | undefined> {
    const [path = '', search] = (request.url ?? '').split('?');
    const { name, parameters } = findRoute(request.method ?? '', path);
    const query = new URLSearchParams(search);
    const operation = OPERATIONS[name];
    if (operation === undefined) throw notImplemented(name);
    const body = parseBody(await readText(request));
    if (name === 'PutProfileObject') {
      const fault = faultFor(settings.fault, body.Object);
      const inRate = bucket.take(performance.now(), settings.putRatePerSecond, settings.bucketDepthSeconds);
      const throttled = !inRate || fault?.name === 'ThrottlingException';
      counter.arrived(throttled, Date.now());
      if (throttled) throw new ProfilesError('ThrottlingException', 'Rate exceeded');
      // The work is done at the end of the latency, whether its caller still waits or not: a call that timed out may
      // yet take effect, as on AWS.
      await sleep(sampleLatency(settings.latencyMs));
      if (closed) return undefined;
      if (fault !== undefined) throw fault;
      const answered = operation(parts, { parameters, query, body });
      counter.accepted();
      return answered;
    }
    return operation(parts, { parameters, query, body });
  }

  return {
    signingName: 'profile',
    createDomain: (name) => store.createDomain(text(name, 'domainName', DOMAIN_NAME)),
    putObjectType: (domain, properties) => types.put(domain, properties),
    configure(changes) {
      settings = { ...settings, ...changes };
    },
    stats: () => counter.snapshot(),
    async handle(request, response) {
      try {
        const body = await answer(request);
        if (body === undefined) response.destroy();
        else send(response, 200, body);
      } catch (error) {
        sendError(response, error);
      }
    },
    async close() {
      closed = true;
      queue.close();
      store.database.close();
    },
  };
}

/** False if the object matches no profile, or its type was changed since and no longer takes it. */
function match(store: ProfileStore, types: ObjectTypes, { domain, type: name, text: object }: Accepted): boolean {
  try {
    const { type } = types.find(domain, name);
    return place(store, domain, type, readProfileObject(type, object));
  } catch (error) {
    if (error instanceof ProfilesError) return false;
    throw error;
  }
}

function parseBody(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest('The body of the request is not valid JSON.');
  }
  return record(parsed);
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  if (!(error instanceof ProfilesError)) console.error('The embedded Customer Profiles failed:', error);
  const known = error instanceof ProfilesError ? error : new ProfilesError('InternalServerException', 'Internal error');
  response.setHeader('x-amzn-errortype', known.name);
  send(response, known.status, { Message: known.message });
}

function send(response: ServerResponse, status: number, body: object): void {
  const content = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(content),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(content);
}
