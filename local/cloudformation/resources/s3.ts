import { fieldsOf, type ResourceType } from '../resource-type.ts';

export const bucket: ResourceType = {
  properties: ['BucketName', 'VersioningConfiguration', 'NotificationConfiguration'],
  withoutEffect: [
    'BucketEncryption',
    'LifecycleConfiguration',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'LoggingConfiguration',
    'Tags',
  ],
  identify(resource) {
    const name = resource.optionalText('BucketName') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` } };
  },
  build(resource, model) {
    const where = resource.logicalId;
    const versioning = resource.value('VersioningConfiguration') ?? {};
    const notifications = resource.value('NotificationConfiguration') ?? {};
    const { Status } = fieldsOf(versioning, `${where}.VersioningConfiguration`, ['Status']);
    const { EventBridgeConfiguration } = fieldsOf(notifications, `${where}.NotificationConfiguration`, [
      'EventBridgeConfiguration',
    ]);
    // CDK's own spelling of `{}`, and the explicit one.
    const { EventBridgeEnabled = true } = fieldsOf(
      EventBridgeConfiguration ?? { EventBridgeEnabled: false },
      `${where}.NotificationConfiguration.EventBridgeConfiguration`,
      ['EventBridgeEnabled'],
    );
    model.buckets.push({
      name: resource.identity.ref,
      versioned: Status === 'Enabled',
      eventBridge: String(EventBridgeEnabled) === 'true',
    });
  },
};

export const bucketPolicy: ResourceType = {
  properties: ['Bucket', 'PolicyDocument'],
  withoutEffect: [],
  identify: (resource) => ({ ref: resource.defaultName, attributes: {} }),
  build(resource, model) {
    model.policies.push({
      name: resource.logicalId,
      document: resource.value('PolicyDocument'),
      roles: [],
      resource: `arn:aws:s3:::${resource.text('Bucket')}`,
    });
  },
};
