/** Parts of the small templates that the tests of the stack deploy. */

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** A role that these services may use, for these calls, action and resource, and to write logs. */
export function role(services: readonly string[], calls: readonly (readonly [string, unknown])[]): object {
  const allowed = [...calls, ['logs:*', '*'] as const];
  const Statement = allowed.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource }));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: services } },
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Statement } }],
    },
  };
}

/** A statement of a resource's policy that lets a service in. */
export const letIn = (Service: string, Action: unknown, Condition: object) => ({
  Effect: 'Allow',
  Action,
  Principal: { Service },
  Resource: '*',
  Condition,
});

export const queuePolicy = (queue: string, statement: object) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: queue }],
    PolicyDocument: { Statement: { ...statement, Resource: arnOf(queue) } },
  },
});

/** For what lets the rule of `liveBus` in. */
export const FROM_RULE = { ArnEquals: { 'aws:SourceArn': arnOf('Rule') } };

/** A bus `live`, and a rule that hands all of its events to the queue `Live`. */
export const liveBus = (target: object = {}) => ({
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'live' } },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: { source: [{ prefix: '' }] },
      Targets: [{ Id: 'Target0', Arn: arnOf('Live'), ...target }],
    },
  },
});

/** A function of the code that the template is written with, `index.mjs`. */
export const lambdaFunction = (roleId: string, more: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: arnOf(roleId),
    ...more,
  },
});
