import type { IncomingMessage } from 'node:http';
import type { CustomerProfilesService } from '../../../local/customer-profiles/customer-profiles.ts';
import type { Fault } from '../../../local/customer-profiles/fault.ts';
import { findRoute } from '../../../local/customer-profiles/routes.ts';
import type { Service } from '../../../local/service.ts';
import { putOf } from './arrivals.ts';

/** Faults of Customer Profiles that come with the next call that they can hit and go on their own, and outlast a restart of the service. */
export interface ProfileFaults {
  around(service: CustomerProfilesService): Service;
  /** @param forMs milliseconds from that call on. */
  add(fault: Fault, forMs: number): void;
  /** Whether there is a fault that is not over, or waits for its call. */
  readonly isActive: boolean;
  /** Ends every fault. */
  lift(): void;
}

export function createProfileFaults(): ProfileFaults {
  const waiting = new Map<Fault, number>();
  const active = new Map<Fault, NodeJS.Timeout>();
  let service: CustomerProfilesService | undefined;
  const apply = () => service?.configure({ fault: [...active.keys()] });

  function begin(fault: Fault, forMs: number): void {
    const end = () => {
      active.delete(fault);
      apply();
    };
    active.set(fault, setTimeout(end, forMs));
  }

  return {
    around(started) {
      service = started;
      apply();
      return {
        ...started,
        handle(request, response, caller) {
          const due = [...waiting].filter(([{ operation }]) => isOf(operation, request));
          for (const [fault, forMs] of due) {
            waiting.delete(fault);
            begin(fault, forMs);
          }
          if (due.length > 0) apply();
          return started.handle(request, response, caller);
        },
      };
    },
    add: (fault, forMs) => void waiting.set(fault, forMs),
    get isActive() {
      return waiting.size + active.size > 0;
    },
    lift() {
      for (const timer of active.values()) clearTimeout(timer);
      active.clear();
      waiting.clear();
      apply();
    },
  };
}

/** Without an operation, a fault is of the calls that put objects. */
function isOf(operation: Fault['operation'], request: IncomingMessage): boolean {
  if (operation === undefined) return putOf(request) !== undefined;
  const [path = ''] = (request.url ?? '').split('?');
  return findRoute(request.method ?? '', path).name === operation;
}
