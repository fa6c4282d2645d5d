import { ACCOUNT } from '../../service.ts';
import type { ResourceType } from '../resource-type.ts';

export const role: ResourceType = {
  properties: ['RoleName', 'Policies'],
  // ManagedPolicyArns: AWS's own policies, here those that let a function write its logs.
  withoutEffect: ['AssumeRolePolicyDocument', 'Description', 'ManagedPolicyArns', 'MaxSessionDuration', 'Path', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('RoleName') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}` } };
  },
  build(resource, model) {
    const name = resource.identity.ref;
    model.roles.push({ name, arn: String(resource.identity.attributes.Arn) });
    for (const { PolicyName, PolicyDocument } of resource.objects('Policies')) {
      model.policies.push({ name: String(PolicyName), document: PolicyDocument, roles: [name] });
    }
  },
};

export const policy: ResourceType = {
  properties: ['PolicyName', 'PolicyDocument', 'Roles'],
  withoutEffect: [],
  identify: (resource) => ({ ref: resource.text('PolicyName'), attributes: {} }),
  build(resource, model) {
    model.policies.push({
      name: resource.text('PolicyName'),
      document: resource.value('PolicyDocument'),
      roles: (resource.value('Roles') as readonly unknown[]).map(String),
    });
  },
};
