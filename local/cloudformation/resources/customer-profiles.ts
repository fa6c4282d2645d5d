import type { ResourceType } from '../resource-type.ts';

export const domain: ResourceType = {
  properties: ['DomainName', 'DeadLetterQueueUrl'],
  withoutEffect: ['DefaultExpirationDays', 'DefaultEncryptionKey', 'Tags'],
  identify: (resource) => ({ ref: resource.text('DomainName'), attributes: {} }),
  build: (resource, model) => {
    model.domains.set(resource.text('DomainName'), resource.optionalText('DeadLetterQueueUrl'));
  },
};

const OBJECT_TYPE_PROPERTIES: readonly string[] = [
  'DomainName',
  'ObjectTypeName',
  'Description',
  'AllowProfileCreation',
  'ExpirationDays',
  'Fields',
  'Keys',
  'SourceLastUpdatedTimestampFormat',
  'SourcePriority',
];

export const objectType: ResourceType = {
  properties: OBJECT_TYPE_PROPERTIES,
  withoutEffect: ['EncryptionKey', 'MaxProfileObjectCount', 'Tags'],
  identify: (resource) => ({
    ref: `${resource.text('DomainName')}|${resource.text('ObjectTypeName')}`,
    attributes: {},
  }),
  build(resource, model) {
    const domainName = resource.text('DomainName');
    // The template names an existing domain; on a laptop nobody made it before.
    if (!model.domains.has(domainName)) model.domains.set(domainName, undefined);
    const values = OBJECT_TYPE_PROPERTIES.map((property) => [property, resource.value(property)] as const);
    model.objectTypes.push({
      domainName,
      properties: Object.fromEntries(values.filter(([, value]) => value !== undefined)),
    });
  },
};
