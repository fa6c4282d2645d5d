import { UnsupportedTemplate } from '../assembly.ts';
import { arn, fieldsOf, type ResourceType } from '../resource-type.ts';

export const rule: ResourceType = {
  properties: ['Name', 'EventPattern', 'EventBusName', 'State', 'Targets'],
  withoutEffect: ['Description', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('Name') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
  },
  build(resource, model) {
    const bus = resource.optionalText('EventBusName') ?? 'default';
    if (bus !== 'default')
      throw new UnsupportedTemplate(`${resource.logicalId}: the embedded EventBridge has no event bus '${bus}'.`);
    if (resource.optionalText('State') === 'DISABLED') return;
    const targets = resource.objects('Targets').map((entry, index) => {
      const where = `${resource.logicalId}.Targets[${index}]`;
      // RetryPolicy: an embedded target answers at the first try or refuses for good.
      const { Id, Arn, RoleArn } = fieldsOf(entry, where, ['Id', 'Arn', 'RoleArn', 'RetryPolicy']);
      return { id: String(Id), arn: String(Arn), ...(RoleArn !== undefined && { roleArn: String(RoleArn) }) };
    });
    model.rules.push({ name: resource.identity.ref, pattern: resource.value('EventPattern'), targets });
  },
};
