import { UnsupportedTemplate } from '../assembly.ts';
import type { RuleModel, TargetModel } from '../model.ts';
import { arn, fieldsOf, type Resource, type ResourceType } from '../resource-type.ts';

export const DEFAULT_BUS = 'default';

export const eventBus: ResourceType = {
  properties: ['Name'],
  withoutEffect: ['Description', 'Tags'],
  identify(resource) {
    const name = resource.text('Name');
    return { ref: name, attributes: { Arn: arn('events', `event-bus/${name}`), Name: name } };
  },
  build(resource, model) {
    model.eventBuses.push(resource.identity.ref);
  },
};

export const rule: ResourceType = {
  properties: ['Name', 'EventPattern', 'ScheduleExpression', 'EventBusName', 'State', 'Targets'],
  withoutEffect: ['Description', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('Name') ?? resource.defaultName;
    const bus = busOf(resource);
    const [ref, path] = bus === DEFAULT_BUS ? [name, name] : [`${bus}|${name}`, `${bus}/${name}`];
    return { ref, attributes: { Arn: arn('events', `rule/${path}`) } };
  },
  build(resource, model) {
    if (resource.optionalText('State') === 'DISABLED') return;
    const targets = resource
      .objects('Targets')
      .map((entry, index) => targetOf(entry, `${resource.logicalId}.Targets[${index}]`));
    model.rules.push({
      arn: String(resource.identity.attributes.Arn),
      bus: busOf(resource),
      ...whenOf(resource),
      targets,
    });
  },
};

/** Given by name or ARN. */
function busOf(resource: Pick<Resource, 'optionalText'>): string {
  return resource.optionalText('EventBusName')?.split('/').pop() ?? DEFAULT_BUS;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** What a timer of Node.js can wait. */
const MAX_MS = 2 ** 31 - 1;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-rate-expressions, read 2026-11. */
function whenOf(resource: Resource): Pick<RuleModel, 'pattern' | 'everyMs'> {
  const schedule = resource.optionalText('ScheduleExpression');
  const pattern = resource.value('EventPattern');
  if (schedule === undefined) return { pattern };
  const [, value, unit = '', plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(schedule) ?? [];
  const everyMs = Number(value) * (UNIT_MS[unit] ?? Number.NaN);
  const isRate = everyMs <= MAX_MS && (value === '1') === (plural === '');
  if (isRate && pattern === undefined && busOf(resource) === DEFAULT_BUS) return { everyMs };
  const known = "rules of the default bus without a pattern, with schedules as 'rate(5 minutes)', up to 24 days";
  throw new UnsupportedTemplate(`${resource.logicalId}: '${schedule}': the embedded stack has ${known}.`);
}

/**
 * Nothing is tried again: an embedded target takes an event or refuses it for good, and AWS does not try again either
 * what it is not permitted to do.
 */
function targetOf(entry: unknown, where: string): TargetModel {
  const known = ['Id', 'Arn', 'RoleArn', 'RetryPolicy', 'DeadLetterConfig'];
  const { Id, Arn, RoleArn, RetryPolicy, DeadLetterConfig } = fieldsOf(entry, where, known);
  fieldsOf(RetryPolicy ?? {}, `${where}.RetryPolicy`, ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds']);
  const deadLetter = fieldsOf(DeadLetterConfig ?? {}, `${where}.DeadLetterConfig`, ['Arn']);
  return {
    id: String(Id),
    arn: String(Arn),
    ...(RoleArn !== undefined && { roleArn: String(RoleArn) }),
    ...(deadLetter.Arn !== undefined && { deadLetterArn: String(deadLetter.Arn) }),
  };
}
