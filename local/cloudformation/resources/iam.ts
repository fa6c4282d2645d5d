import { ACCOUNT } from '../../service.ts';
import { UnsupportedTemplate } from '../assembly.ts';
import type { ResourceType } from '../resource-type.ts';

/** It lets a function write its log, which nobody asks for here. */
const LOGS_POLICY = 'service-role/AWSLambdaBasicExecutionRole';

export const role: ResourceType = {
  properties: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'RoleName'],
  withoutEffect: ['Description', 'MaxSessionDuration', 'Path', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('RoleName') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}` } };
  },
  build(resource, model) {
    const name = resource.identity.ref;
    const arn = String(resource.identity.attributes.Arn);
    model.roles.push({ name, arn });
    const managed = (resource.value('ManagedPolicyArns') ?? []) as readonly unknown[];
    const unknown = managed.find((policyArn) => !String(policyArn).endsWith(`:aws:policy/${LOGS_POLICY}`));
    if (unknown) {
      throw new UnsupportedTemplate(
        `${resource.logicalId}.ManagedPolicyArns: the embedded stack does not have the policy ${unknown}.`,
      );
    }
    const trust = resource.value('AssumeRolePolicyDocument');
    if (trust) model.policies.push({ name: `${resource.logicalId}.Trust`, document: trust, roles: [], resource: arn });
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
