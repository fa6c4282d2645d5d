import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { RuleModel } from '../cloudformation/model.ts';
import { arn } from '../cloudformation/resource-type.ts';
import { DEFAULT_BUS } from '../cloudformation/resources/events.ts';
import { type Refusal, refuseNobody } from '../iam/access.ts';
import { ApiError, answerJson } from '../json-protocol.ts';
import type { Count } from '../meter.ts';
import { type BusEvent, busEvent, type Service } from '../service.ts';
import { compilePattern, type EventPattern } from './pattern.ts';
import { putEvents } from './put-events.ts';

/** What a rule's target does with an event; a rejection is reported, not retried. */
export type TargetDelivery = (event: BusEvent) => Promise<void>;

export interface RuleInput extends Omit<RuleModel, 'targets'> {
  readonly targets: readonly TargetDelivery[];
}

/** EventBridge's event buses with the rules of the template. */
export interface EventsService extends Service {
  /** The bus `default` is there already. */
  createBus(name: string): void;
  /** @throws InvalidEventPattern, and UnsupportedTemplate if there is no such bus */
  putRule(rule: RuleInput): void;
  /**
   * Hands an event of an AWS service to every target of every matching rule of the default bus, after the caller went
   * on; before `start`, when that comes.
   */
  publish(event: BusEvent): void;
  /** Begins to deliver, and schedules with it: everything that a target may need is there. */
  start(): void;
}

export interface EventsOptions {
  /** Hears of a target that refused an event and had no dead-letter queue for it: it is lost, as on AWS. */
  readonly onFailure: (ruleArn: string, event: BusEvent, error: unknown) => void;
  /** Hears of an event for a bus that there is not: AWS drops it without a word. */
  readonly onUnknownBus?: (bus: string, event: BusEvent) => void;
  readonly refuse?: Refusal;
  /** The periods of schedules are multiplied by it; 1 by default. */
  readonly timeScale?: number;
  readonly count?: Count<'events'>;
}

export function createEvents({
  onFailure,
  onUnknownBus = () => {},
  refuse = refuseNobody,
  timeScale = 1,
  count = () => {},
}: EventsOptions): EventsService {
  const rules: { rule: RuleInput; matches: EventPattern }[] = [];
  const buses = new Set([DEFAULT_BUS]);
  const deliveries = new Set<Promise<unknown>>();
  const timers: NodeJS.Timeout[] = [];
  let waiting: BusEvent[] | undefined = [];
  let closed = false;

  async function deliver(ruleArn: string, target: TargetDelivery, event: BusEvent): Promise<void> {
    try {
      await target(event);
    } catch (error) {
      onFailure(ruleArn, event, error);
    }
  }

  async function deliverToAll(event: BusEvent, bus: string): Promise<void> {
    if (closed) return;
    if (!buses.has(bus)) return onUnknownBus(bus, event);
    const matching = rules.filter(({ rule, matches }) => rule.bus === bus && matches(event));
    await deliverBy(
      matching.map(({ rule }) => rule),
      event,
    );
  }

  async function deliverBy(matching: readonly RuleInput[], event: BusEvent): Promise<void> {
    const delivery = Promise.all(
      matching.flatMap(({ arn: ruleArn, targets }) => targets.map((target) => deliver(ruleArn, target, event))),
    ).finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
    await delivery;
  }

  const deliverLater = (event: BusEvent) => setImmediate(deliverToAll, event, DEFAULT_BUS);

  async function put(event: BusEvent, bus: string): Promise<void> {
    // The caller tries again; an event that is answered must not be lost.
    if (waiting || closed)
      throw new ApiError('InternalException', 'The embedded stack starts or ends.', { status: 503 });
    await deliverToAll(event, bus);
    count(bus, 'events');
  }

  const arnOf = (bus: string) => arn('events', `event-bus/${bus}`);
  const api = {
    service: 'EventBridge',
    targetPrefix: 'AWSEvents.',
    operations: { PutEvents: putEvents({ deliver: put, refuse, arnOf }) },
  };

  return {
    signingName: 'events',
    createBus: (name) => buses.add(name),
    putRule(rule) {
      if (!buses.has(rule.bus)) throw new UnsupportedTemplate(`${rule.arn}: there is no event bus '${rule.bus}'.`);
      rules.push({ rule, matches: rule.everyMs === undefined ? compilePattern(rule.pattern) : () => false });
    },
    publish(event) {
      if (waiting) waiting.push(event);
      else deliverLater(event);
    },
    start() {
      for (const event of waiting ?? []) deliverLater(event);
      waiting = undefined;
      for (const { rule } of rules) {
        if (rule.everyMs === undefined) continue;
        const fire = (): void => void deliverBy([rule], scheduledEvent(rule.arn));
        timers.push(setInterval(fire, rule.everyMs * timeScale).unref());
      }
    },
    handle: (request, response, caller) => answerJson(api, request, response, caller),
    async close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all(deliveries);
    },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html, read 2026-11. */
function scheduledEvent(ruleArn: string): BusEvent {
  return busEvent({ source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [ruleArn], detail: {} });
}
