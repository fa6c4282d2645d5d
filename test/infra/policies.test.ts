import { describe, expect, it } from 'vitest';
import { readable, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized({
  createDomain: 'true',
  defaultExpirationDays: '366',
  alarmEmail: 'ops@example.com',
  exportBy: '02:00',
  doneBy: '06:00',
  timeZone: 'UTC',
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of the template, with the policy that it stands in. */
const statements = [
  ['AWS::IAM::Policy', 'PolicyDocument'],
  ['AWS::S3::BucketPolicy', 'PolicyDocument'],
  ['AWS::SQS::QueuePolicy', 'PolicyDocument'],
  ['AWS::SNS::TopicPolicy', 'PolicyDocument'],
  ['AWS::KMS::Key', 'KeyPolicy'],
].flatMap(([type = '', property = '']) =>
  resourcesOf(template, type).flatMap(([name, { Properties }]) => {
    const document = readable(Properties[property]) as { readonly Statement: readonly Statement[] };
    return document.Statement.map((statement) => ({ type, name, statement }));
  }),
);
const allowing = statements.filter(({ statement }) => statement.Effect === 'Allow');

/** Why these must have a wildcard. */
const WILDCARD_ACTIONS = {
  'EncryptionKey kms:*':
    'AWS’s own default: it hands the key to the IAM policies of the account. Less could leave a key that nobody can manage.',
};
const EVERY_RESOURCE = {
  'StateMachineRoleDefaultPolicy logs:CreateLogDelivery': 'AWS has no resource level for log delivery.',
  'StateMachineRoleDefaultPolicy logs:DeleteLogDelivery': 'AWS has no resource level for log delivery.',
  'StateMachineRoleDefaultPolicy logs:DescribeLogGroups': 'Step Functions asks for all log groups.',
  'StateMachineRoleDefaultPolicy logs:DescribeResourcePolicies': 'AWS has no resource level for resource policies.',
  'StateMachineRoleDefaultPolicy logs:GetLogDelivery': 'AWS has no resource level for log delivery.',
  'StateMachineRoleDefaultPolicy logs:ListLogDeliveries': 'AWS has no resource level for log delivery.',
  'StateMachineRoleDefaultPolicy logs:PutResourcePolicy': 'AWS has no resource level for resource policies.',
  'StateMachineRoleDefaultPolicy logs:UpdateLogDelivery': 'AWS has no resource level for log delivery.',
};

describe('a policy', () => {
  it('allows no action by wildcard, but for named reasons', () => {
    const wildcards = allowing.flatMap(({ name, statement }) =>
      [statement.Action].flat().flatMap((action) => (action.includes('*') ? [`${name} ${action}`] : [])),
    );
    expect(wildcards).toEqual(Object.keys(WILDCARD_ACTIONS));
  });

  it('allows an action on every resource only where AWS has no resource level', () => {
    const everywhere = allowing
      // In a key's policy, `*` is the key.
      .filter(({ type, statement }) => type !== 'AWS::KMS::Key' && [statement.Resource].flat().includes('*'))
      .flatMap(({ name, statement }) => [statement.Action].flat().map((action) => `${name} ${action}`));
    expect(everywhere).toEqual(Object.keys(EVERY_RESOURCE));
  });

  it('of a resource lets a service act only for this account or for one of its resources', () => {
    const services = allowing.filter(
      ({ type, statement }) => 'Service' in Object(statement.Principal) && type !== 'AWS::KMS::Key',
    );
    expect(services.length).toBeGreaterThan(4);
    for (const { name, statement } of services) {
      const keys = Object.values(statement.Condition ?? {}).flatMap(Object.keys);
      expect(keys, `${name} ${JSON.stringify(statement.Principal)}`).toSatisfy((given: string[]) =>
        ['aws:SourceAccount', 'aws:SourceArn'].some((key) => given.includes(key)),
      );
    }
  });
});

describe('plain HTTP', () => {
  const kinds = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'];

  it.each(kinds.flatMap((kind) => resourcesOf(template, kind).map(([name]) => name)))('is refused by %s', (name) => {
    const refusals = statements.filter(
      ({ name: policy, statement }) =>
        policy === `${name}Policy` &&
        statement.Effect === 'Deny' &&
        statement.Condition?.Bool?.['aws:SecureTransport'] === 'false',
    );
    expect(refusals).toHaveLength(1);
  });
});

describe('the key', () => {
  const statementsOf = (service: string) =>
    allowing
      .filter(
        ({ type, statement }) => type === 'AWS::KMS::Key' && JSON.stringify(statement.Principal).includes(service),
      )
      .map(({ statement }) => ({ actions: statement.Action, condition: statement.Condition }));
  const HERE = '<AWS::Region>:<AWS::AccountId>';
  const ofThisAccount = { 'aws:SourceAccount': '<AWS::AccountId>' };
  const SEND = ['kms:Decrypt', 'kms:GenerateDataKey'];

  it('turns every year, and can be found by the name of the system', () => {
    const [[, key] = []] = resourcesOf(template, 'AWS::KMS::Key');
    expect(key?.Properties).toMatchObject({ EnableKeyRotation: true });
    const [[, alias] = []] = resourcesOf(template, 'AWS::KMS::Alias');
    expect(readable(alias?.Properties)).toEqual({ AliasName: 'alias/profile-sync', TargetKeyId: '<EncryptionKey>' });
  });

  it('lets CloudWatch send for alarms of this account', () => {
    const condition = { StringEquals: ofThisAccount };
    expect(statementsOf('cloudwatch.amazonaws.com')).toEqual([{ actions: SEND, condition }]);
  });

  it.each(['events.amazonaws.com', 'profile.amazonaws.com'])(
    'lets %s send, of which AWS documents no source that a condition could name',
    (service) => {
      expect(statementsOf(service)).toEqual([{ actions: SEND, condition: undefined }]);
    },
  );

  it('lets CloudWatch Logs keep the logs of the system', () => {
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.LogGroupName);
    const [{ condition } = {}] = statementsOf('logs.<AWS::Region>.amazonaws.com');
    const patterns = [condition?.ArnLike?.['kms:EncryptionContext:aws:logs:arn']].flat();
    const prefix = `arn:<AWS::Partition>:logs:${HERE}:log-group:`;
    expect(patterns).toEqual([`${prefix}/profile-sync/*`, `${prefix}/aws/vendedlogs/states/profile-sync`]);
    expect(groups).toSatisfy((names: string[]) =>
      names.every((name) => name.startsWith('/profile-sync/') || name === '/aws/vendedlogs/states/profile-sync'),
    );
  });
});

describe('what a role is allowed beyond an ordinary run', () => {
  it('says why', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role').map(([name, role]) => [
      name,
      readable((role as { readonly Metadata?: Readonly<Record<string, unknown>> }).Metadata?.['profile-sync:unused']),
    ]);
    const because = (...actions: string[]) => actions.map((action) => ({ action, reason: expect.any(String) }));
    const ofWorkers = because('dynamodb:GetItem', 'profile:PutProfileObject');
    expect(Object.fromEntries(roles.filter(([, unused]) => unused !== undefined))).toEqual({
      FunctionsSplitExportRole: because('s3:AbortMultipartUpload', 'dynamodb:UpdateItem'),
      FunctionsSyncChunkRole: [...ofWorkers, ...because('s3:GetObject', 's3:ListBucket')],
      FunctionsSummarizeRunRole: because('s3:AbortMultipartUpload'),
      FailureReportReportFailureRole: because('states:ListExecutions'),
      LiveEventsSyncEventRole: ofWorkers,
    });
  });
});
