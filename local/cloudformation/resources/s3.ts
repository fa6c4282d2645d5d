import { fieldsOf, identifyBy, type Resource, type ResourceType, resourcePolicy } from '../resource-type.ts';
import { encrypt } from './kms.ts';

export const bucket: ResourceType = {
  properties: ['BucketName', 'VersioningConfiguration', 'NotificationConfiguration', 'BucketEncryption'],
  withoutEffect: [
    'LifecycleConfiguration',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'LoggingConfiguration',
    'Tags',
  ],
  identify: identifyBy('BucketName', (name) => `arn:aws:s3:::${name}`),
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
    encrypt(model, String(resource.identity.attributes.Arn), resource, keyOf(resource));
  },
};

export const bucketPolicy = resourcePolicy('Bucket', (name) => `arn:aws:s3:::${name}`);

function keyOf(resource: Resource): unknown {
  const where = `${resource.logicalId}.BucketEncryption`;
  const rules = fieldsOf(resource.value('BucketEncryption') ?? {}, where, ['ServerSideEncryptionConfiguration']);
  const [rule] = [rules.ServerSideEncryptionConfiguration ?? []].flat();
  const { ServerSideEncryptionByDefault = {} } = fieldsOf(rule ?? {}, where, [
    'BucketKeyEnabled',
    'ServerSideEncryptionByDefault',
  ]);
  return fieldsOf(ServerSideEncryptionByDefault, where, ['SSEAlgorithm', 'KMSMasterKeyID']).KMSMasterKeyID;
}
