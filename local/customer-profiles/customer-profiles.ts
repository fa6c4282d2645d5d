import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendJson } from '../http.ts';
import { type Refusal, refuseNobody } from '../iam/access.ts';
import type { Caller, Service } from '../service.ts';
import type { QueueClient } from '../sqs/sqs.ts';
import { accessOf } from './access.ts';
import { badRequest, notImplemented, ProfilesError } from './errors.ts';
import { effectsOf, faultsOf, mishapOf } from './fault.ts';
import { createLateErrors } from './late-errors.ts';
import { place } from './matching.ts';
import { type Accepted, MatchingQueue } from './matching-queue.ts';
import { ObjectTypes } from './object-types.ts';
import { OPERATIONS, type Parts } from './operations.ts';
import { readProfileObject } from './profile-object.ts';
import { ProfileStore } from './profile-store.ts';
import { createPuts, throttled } from './puts.ts';
import { RateLimits } from './rate-limit.ts';
import { DOMAIN_NAME, record, text } from './requests.ts';
import { findRoute } from './routes.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import { CallCounter, type CallStatistics } from './statistics.ts';

export interface CustomerProfilesService extends Service {
  /** A domain that exists stays as it is, but for the queue of its late errors, if one is given. @throws ProfilesError */
  createDomain(name: string, deadLetterQueueUrl?: string): void;
  /** Creates or replaces an object type, from the properties of an AWS::CustomerProfiles::ObjectType. @throws ProfilesError */
  putObjectType(domain: string, properties: Readonly<Record<string, unknown>>): void;
  /** Changes settings from the next call on; the windows of a `fault` count from here. */
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
  /** Epoch milliseconds; for tests of what comes after days. */
  readonly now?: () => number;
  readonly refuse?: Refusal;
  /** Where the dead-letter queues of the domains are. */
  readonly queues?: Pick<QueueClient, 'send'>;
  /** Hears of an accepted object that reached no profile, and not the domain's dead-letter queue either. */
  readonly onLost?: (domain: string, error: unknown) => void;
}): CustomerProfilesService {
  const { refuse = refuseNobody, queues, onLost = () => {} } = options;
  const now = options.now ?? Date.now;
  let settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  let faultSince = now();
  let closed = false;
  const store = new ProfileStore(options.directory);
  const types = new ObjectTypes(store);
  const sendLateError = createLateErrors({ store, queues, now, onLost });
  const counter = new CallCounter();
  const limits = new RateLimits();
  const queue = new MatchingQueue(store.database, now, (accepted) => {
    const failure = match(store, types, accepted, now());
    if (failure !== undefined) bury(accepted, failure);
  });
  queue.drain();
  const parts: Parts = { store, types, now, accept: (accepted) => queue.add(accepted, settings.matchingDelayMs) };

  function bury(accepted: Accepted, reason: string): void {
    sendLateError(accepted, reason);
    counter.unmatched();
  }

  const puts = createPuts({
    parts,
    settings: () => settings,
    faultAge: () => now() - faultSince,
    counter,
    limits,
    bury,
    isClosed: () => closed,
  });

  /** The body of the answer; undefined if there is none: the connection is lost. */
  async function answer(request: IncomingMessage, caller: Caller): Promise<object | undefined> {
    const [path = '', search] = (request.url ?? '').split('?');
    const { name, parameters } = findRoute(request.method ?? '', path);
    const operation = OPERATIONS[name];
    if (operation === undefined) throw notImplemented(name);
    const body = await readText(request);
    const input = { parameters, query: new URLSearchParams(search), body: parseBody(body) };
    const refusal = refuse(caller, accessOf(name, input));
    if (refusal) throw new ProfilesError('AccessDeniedException', refusal);
    if (name === 'PutProfileObject') return puts.one(input);
    if (name === 'BatchPutProfileObject') return puts.batch(input);
    if (limits.take(name, settings) === 0) throw throttled();
    const mishap = mishapOf(faultsOf(settings.fault, name), body, now() - faultSince);
    counter.hit(effectsOf(mishap));
    if (mishap.dropped === 'beforeWork') return undefined;
    if (mishap.extraLatencyMs > 0) await sleep(mishap.extraLatencyMs);
    if (closed) return undefined;
    if (mishap.error) throw mishap.error;
    store.removeExpired(now());
    const answered = operation(parts, input);
    return mishap.dropped === 'afterWork' ? undefined : answered;
  }

  return {
    signingName: 'profile',
    createDomain(name, deadLetterQueueUrl) {
      store.createDomain(text(name, 'domainName', DOMAIN_NAME));
      if (deadLetterQueueUrl !== undefined) store.setDeadLetterQueue(name, deadLetterQueueUrl);
    },
    putObjectType: (domain, properties) => types.put(domain, properties),
    configure(changes) {
      settings = { ...settings, ...changes };
      if ('fault' in changes) faultSince = now();
    },
    stats: () => counter.snapshot(),
    async handle(request, response, caller) {
      try {
        const body = await answer(request, caller);
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

/** Why the object reached no profile; undefined if it did. */
function match(
  store: ProfileStore,
  types: ObjectTypes,
  { domain, type: name, text: object }: Accepted,
  now: number,
): string | undefined {
  try {
    const { type } = types.find(domain, name);
    const placed = place(store, domain, type, readProfileObject(type, object), now);
    return placed ? undefined : 'It matches no profile, and its object type may not create one.';
  } catch (error) {
    if (error instanceof ProfilesError) return 'Its object type was changed, and no longer takes it.';
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
  sendJson(response, status, body, { 'x-amzn-requestid': randomUUID() });
}
