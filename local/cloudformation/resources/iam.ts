import { ACCOUNT } from '../../service.ts';
import { UnsupportedTemplate } from '../assembly.ts';
import { identifyBy, type ResourceType } from '../resource-type.ts';

/** The one policy of AWS's own that is known. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html, read 2026-11 */
const LOGS_POLICY = 'service-role/AWSLambdaBasicExecutionRole';
const LOGS_DOCUMENT = {
  Statement: {
    Effect: 'Allow',
    Action: ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'].map((name) => `logs:${name}`),
    Resource: '*',
  },
};

export const role: ResourceType = {
  properties: ['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies', 'RoleName'],
  withoutEffect: ['Description', 'MaxSessionDuration', 'Path', 'Tags'],
  identify: identifyBy('RoleName', (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`),
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
    if (managed.length > 0) model.policies.push({ name: LOGS_POLICY, document: LOGS_DOCUMENT, roles: [name] });
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
