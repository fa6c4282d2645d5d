import type { ServerResponse } from 'node:http';
import type { Service } from '../service.ts';
import { refuseAs } from './refusals.ts';
import { leaveKeysOut } from './unprocessed-keys.ts';

export type ServiceFaultKind =
  /** A 5xx of the service instead of the work. */
  | 'error'
  /** The service's own throttling error instead of the work. */
  | 'throttled'
  /** The connection ends: before the work, or after it and without the answer. */
  | 'droppedBefore'
  | 'droppedAfter'
  /** BatchGetItem of DynamoDB reads only a part of the keys and names the others as unprocessed. */
  | 'unprocessedKeys';

/** Something that goes wrong on purpose with the calls of a service. */
export interface ServiceFault {
  readonly kind: ServiceFaultKind;
  /** As in a credential scope: `dynamodb`, `s3`, `sqs`. */
  readonly service: string;
  /** The part of the calls that is hit, 0 to 1. */
  readonly share: number;
  /** Milliseconds from the first call on that it may hit. */
  readonly forMs: number;
}

/** Breaks services on purpose, for tests of what the rest does about it. Mount on the endpoint what `around` returns. */
export interface Faults {
  around(service: Service): Service;
  inject(fault: ServiceFault): void;
  /** Whether there is a fault that is not over, or waits for its first call. */
  readonly isActive: boolean;
  /** Ends every fault. */
  lift(): void;
  /** How many calls each kind hit so far, over all services. */
  hits(): Readonly<Record<ServiceFaultKind, number>>;
}

/** `spared`: the access key whose calls are never hit, of whoever looks on. */
export function createFaults({ spared, random = Math.random }: { spared: string; random?: () => number }): Faults {
  const hits = { error: 0, throttled: 0, droppedBefore: 0, droppedAfter: 0, unprocessedKeys: 0 };
  /** With the end of those that had a call. */
  const active = new Map<ServiceFault, number | undefined>();

  function forgetThoseOver(): void {
    const now = performance.now();
    for (const [fault, until = Number.POSITIVE_INFINITY] of active) if (now >= until) active.delete(fault);
  }

  /** The first fault that hits a call counts. */
  function hitting(service: string): ServiceFaultKind | undefined {
    forgetThoseOver();
    const meant = [...active.keys()].filter((fault) => fault.service === service);
    for (const fault of meant) active.set(fault, active.get(fault) ?? performance.now() + fault.forMs);
    return meant.find(({ share }) => random() < share)?.kind;
  }

  return {
    around: (service) => ({
      ...service,
      async handle(request, response, caller) {
        const kind = caller.accessKeyId === spared ? undefined : hitting(service.signingName);
        switch (kind) {
          case undefined:
            return service.handle(request, response, caller);
          case 'droppedBefore':
            hits.droppedBefore++;
            response.destroy();
            return;
          case 'droppedAfter':
            hits.droppedAfter++;
            loseAnswer(response);
            return service.handle(request, response, caller);
          case 'unprocessedKeys':
            if (await leaveKeysOut(service, request, response, caller)) hits.unprocessedKeys++;
            return;
          default:
            hits[kind]++;
            request.resume();
            refuseAs(kind, service.signingName, response);
        }
      },
    }),
    inject: (fault) => void active.set(fault, undefined),
    get isActive() {
      forgetThoseOver();
      return active.size > 0;
    },
    lift: () => active.clear(),
    hits: () => ({ ...hits }),
  };
}

/** The connection ends where the answer would begin. */
function loseAnswer(response: ServerResponse): void {
  response.end = () => response.destroy();
  response.write = () => {
    response.destroy();
    return false;
  };
}
