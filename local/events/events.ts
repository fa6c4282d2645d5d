import { sendJsonError } from '../http.ts';
import type { BusEvent, Service } from '../service.ts';
import { compilePattern, type EventPattern } from './pattern.ts';

/** What a rule's target does with an event; a rejection is reported, not retried. */
export type TargetDelivery = (event: BusEvent) => Promise<void>;

export interface RuleInput {
  readonly name: string;
  readonly pattern: unknown;
  readonly targets: readonly TargetDelivery[];
}

/** EventBridge's default event bus with the rules of the template. */
export interface EventsService extends Service {
  /** @throws InvalidEventPattern */
  putRule(rule: RuleInput): void;
  /** Hands the event to every target of every matching rule, after the caller went on; before `start`, when that comes. */
  publish(event: BusEvent): void;
  /** Begins to deliver: everything that a target may need is there. */
  start(): void;
}

/** `onFailure` hears of a target that refused an event, which is then lost, as on AWS without a dead-letter queue. */
export function createEvents({
  onFailure,
}: {
  onFailure: (rule: string, event: BusEvent, error: unknown) => void;
}): EventsService {
  const rules: { name: string; matches: EventPattern; targets: readonly TargetDelivery[] }[] = [];
  const deliveries = new Set<Promise<void>>();
  let waiting: BusEvent[] | undefined = [];
  let closed = false;

  async function deliver(rule: string, target: TargetDelivery, event: BusEvent): Promise<void> {
    try {
      await target(event);
    } catch (error) {
      onFailure(rule, event, error);
    }
  }

  function deliverToAll(event: BusEvent): void {
    if (closed) return;
    for (const rule of rules.filter(({ matches }) => matches(event))) {
      for (const target of rule.targets) {
        const delivery = deliver(rule.name, target, event).finally(() => deliveries.delete(delivery));
        deliveries.add(delivery);
      }
    }
  }

  return {
    signingName: 'events',
    putRule({ name, pattern, targets }) {
      rules.push({ name, matches: compilePattern(pattern), targets });
    },
    publish(event) {
      if (waiting) waiting.push(event);
      else setImmediate(deliverToAll, event);
    },
    start() {
      for (const event of waiting ?? []) setImmediate(deliverToAll, event);
      waiting = undefined;
    },
    async handle(request, response) {
      request.resume();
      const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      sendJsonError(response, 501, 'NotImplemented', `The embedded EventBridge has no operation '${operation}'.`);
    },
    async close() {
      closed = true;
      await Promise.all(deliveries);
    },
  };
}
