import type { TargetModel } from '../model.ts';
import { arn, fieldsOf, type Resource, type ResourceType } from '../resource-type.ts';

export const DEFAULT_BUS = 'default';

export const eventBus: ResourceType = {
  properties: ['Name'],
  withoutEffect: ['Description', 'KmsKeyIdentifier', 'Tags'],
  identify(resource) {
    const name = resource.text('Name');
    return { ref: name, attributes: { Arn: arn('events', `event-bus/${name}`), Name: name } };
  },
  build(resource, model) {
    model.eventBuses.push(resource.identity.ref);
  },
};

export const rule: ResourceType = {
  properties: ['Name', 'EventPattern', 'EventBusName', 'State', 'Targets'],
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
      pattern: resource.value('EventPattern'),
      targets,
    });
  },
};

/** Given by name or ARN. */
function busOf(resource: Pick<Resource, 'optionalText'>): string {
  return resource.optionalText('EventBusName')?.split('/').pop() ?? DEFAULT_BUS;
}

/** RetryPolicy has no effect: an embedded target answers at the first try or refuses for good. */
function targetOf(entry: unknown, where: string): TargetModel {
  const known = ['Id', 'Arn', 'RoleArn', 'RetryPolicy', 'DeadLetterConfig'];
  const { Id, Arn, RoleArn, DeadLetterConfig } = fieldsOf(entry, where, known);
  const deadLetter = fieldsOf(DeadLetterConfig ?? {}, `${where}.DeadLetterConfig`, ['Arn']);
  return {
    id: String(Id),
    arn: String(Arn),
    ...(RoleArn !== undefined && { roleArn: String(RoleArn) }),
    ...(deadLetter.Arn !== undefined && { deadLetterArn: String(deadLetter.Arn) }),
  };
}
