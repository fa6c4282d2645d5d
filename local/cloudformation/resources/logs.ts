import { arn, identifyBy, type ResourceType } from '../resource-type.ts';
import { encrypt } from './kms.ts';

export const logGroup: ResourceType = {
  properties: ['LogGroupName', 'KmsKeyId'],
  withoutEffect: ['RetentionInDays', 'LogGroupClass', 'DataProtectionPolicy', 'Tags'],
  identify: identifyBy('LogGroupName', (name) => arn('logs', `log-group:${name}:*`)),
  build(resource, model) {
    const name = resource.identity.ref;
    const groupArn = arn('logs', `log-group:${name}`);
    model.logGroups.push({ name, arn: groupArn });
    encrypt(model, groupArn, resource, resource.value('KmsKeyId'));
  },
};
