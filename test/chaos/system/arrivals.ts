import type { IncomingMessage } from 'node:http';
import type { Service } from '../../../local/service.ts';
import type { Arrival } from '../types.ts';

/** Milliseconds between two looks at the clock: how finely a standstill of this process is noticed. */
const BEAT_MS = 5;
/** Milliseconds that a standstill is remembered. */
const MEMORY_MS = 3_000;

/** Notes when each call that puts objects came in, also across restarts of the service. */
export interface ArrivalLog {
  readonly arrivals: readonly Arrival[];
  /** Calls that the service has not done with yet; one whose caller is gone still takes effect. */
  readonly underWay: number;
  around(service: Service): Service;
  close(): void;
}

export function createArrivalLog(): ArrivalLog {
  const arrivals: Arrival[] = [];
  let underWay = 0;
  const standstill = watchStandstills();
  return {
    arrivals,
    get underWay() {
      return underWay;
    },
    around: (service) => ({
      ...service,
      async handle(request, response, caller) {
        const latest = Date.now();
        // The worker between its permit and the socket was held up as this process was between the socket and here.
        const earliest = latest - 2 * standstill.longest();
        const api = putOf(request);
        const records = api === 'BatchPutProfileObject' ? itemsOf(request) : () => 1;
        underWay += 1;
        try {
          await service.handle(request, response, caller);
        } finally {
          if (api) arrivals.push({ api, records: records(), earliest, latest });
          underWay -= 1;
        }
      },
    }),
    close: standstill.close,
  };
}

/** Reads the body along with the service. The result says how many items it had; none, if its caller was gone before its end. */
function itemsOf(request: IncomingMessage): () => number {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => {
    if (!request.complete) return 0;
    const { Items }: { Items: readonly unknown[] } = JSON.parse(Buffer.concat(chunks).toString());
    return Items.length;
  };
}

/** The API, if the call puts objects. */
export function putOf({ method, url = '' }: IncomingMessage): Arrival['api'] | undefined {
  if (method !== 'PUT') return undefined;
  if (url.endsWith('/profiles/objects')) return 'PutProfileObject';
  return url.endsWith('/profiles/objects/batch-put-profile-object') ? 'BatchPutProfileObject' : undefined;
}

/** How long this process, and so probably its neighbours on the machine, stood still at a stretch of late; milliseconds. */
function watchStandstills(): { longest: () => number; close: () => void } {
  let beats = [Date.now()];
  const timer = setInterval(() => {
    const now = Date.now();
    beats = [...beats.filter((beat) => now - beat < MEMORY_MS), now];
  }, BEAT_MS);
  return {
    longest() {
      const times = [...beats, Date.now()];
      return times.reduce((longest, time, index) => Math.max(longest, time - (times[index - 1] ?? time)), 0);
    },
    close: () => clearInterval(timer),
  };
}
