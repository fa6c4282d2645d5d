import { describe, expect, it } from 'vitest';
import { readable, resourceNamed, resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized();
const buckets = resourcesOf(template, 'AWS::S3::Bucket');

describe('what a deleted or changed stack leaves behind', () => {
  it.each([
    ['AWS::CustomerProfiles::ObjectType', 'ObjectType', 'AWS would scrub the profiles it filled'],
    ['AWS::DynamoDB::Table', 'TablesLedgerTable', 'every row would be sent again'],
    ['AWS::S3::Bucket', 'BucketsExportBucket', 'a run could not be redriven'],
    ['AWS::S3::Bucket', 'BucketsRunBucket', 'rejected rows would be lost'],
    ['AWS::SQS::Queue', 'LiveEventsLiveQueue', 'events would be lost'],
    ['AWS::SQS::Queue', 'LiveEventsDeadLetterQueue', 'events that were put aside would be lost'],
    ['AWS::SQS::Queue', 'FailedStarts', 'exports that started nothing would be forgotten'],
    ['AWS::SQS::Queue', 'LateErrorsDomainDeadLetterQueue', 'records that the domain could not store would be lost'],
    ['AWS::SQS::Queue', 'LateErrorsDeadLetterQueue', 'late errors of other object types would be lost'],
    ['AWS::KMS::Key', 'EncryptionKey', 'nothing of the rest could be read'],
  ])('%s %s, or %s', (type, name) => {
    expect(resourceNamed(template, type, name)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  // What the rollback of a first deployment kept would stand in the way of the second.
  it('is nothing more, and nothing of a deployment that is rolled back', () => {
    const resources = Object.values(template.toJSON().Resources as Record<string, { DeletionPolicy?: string }>);
    expect(resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([]);
    const retained = resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'RetainExceptOnCreate');
    expect(retained).toHaveLength(10);
  });
});

describe('the object type', () => {
  it('is the mapping’s, in the domain', () => {
    expect(resourceNamed(template, 'AWS::CustomerProfiles::ObjectType', 'ObjectType').Properties).toMatchObject({
      DomainName: 'demo',
      ObjectTypeName: 'CrmCustomer',
      AllowProfileCreation: true,
    });
  });

  it('is left alone if it exists already', () => {
    synthesized({ createObjectType: 'false' }).resourceCountIs('AWS::CustomerProfiles::ObjectType', 0);
  });
});

describe('a bucket', () => {
  it.each(buckets)('%s is encrypted and private', (_name, bucket) => {
    expect(readable(bucket.Properties)).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: '<EncryptionKey>' },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it.each(buckets)('%s refuses plain HTTP', (name) => {
    expect(readable(resourceNamed(template, 'AWS::S3::BucketPolicy', `${name}Policy`).Properties)).toMatchObject({
      Bucket: `<${name}>`,
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Resource: [`<${name}>`, `<${name}>/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });

  it('of exports keeps the version that a run was split from for longer than a redrive may come', () => {
    const { Properties } = resourceNamed(template, 'AWS::S3::Bucket', 'BucketsExportBucket');
    expect(Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          { ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
          { ExpiredObjectDeleteMarker: true },
        ],
      },
    });
  });

  it('of runs keeps their files as long as their history', () => {
    expect(resourceNamed(template, 'AWS::S3::Bucket', 'BucketsRunBucket').Properties).toMatchObject({
      LifecycleConfiguration: {
        Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }, { ExpirationInDays: 90 }],
      },
    });
  });
});

describe('the tables', () => {
  const PAY_PER_REQUEST = { BillingMode: 'PAY_PER_REQUEST' };
  const TTL = { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } };

  it('have the keys that the functions use, cost nothing by day, and let go of old entries', () => {
    const keys = ['HASH', 'RANGE'];
    const schema = (...names: string[]) => ({
      KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: keys[index] })),
    });
    expect(
      resourcesOf(template, 'AWS::DynamoDB::Table').map(([name, { Properties }]) => [name, Properties]),
    ).toMatchObject([
      [
        'TablesLedgerTable',
        {
          ...schema('pk'),
          ...PAY_PER_REQUEST,
          ...TTL,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
      ['TablesBudgetTable', { ...schema('id'), ...PAY_PER_REQUEST }],
      [
        'TablesRunTable',
        {
          ...schema('run', 'item'),
          ...PAY_PER_REQUEST,
          ...TTL,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    ]);
  });

  it.each(resourcesOf(template, 'AWS::DynamoDB::Table'))('%s is encrypted with the key', (_name, table) => {
    expect(readable(table.Properties)).toMatchObject({
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: '<EncryptionKey>' },
    });
  });
});

describe('the alarm topic', () => {
  it('is encrypted with the key', () => {
    expect(readable(resourceNamed(template, 'AWS::SNS::Topic', 'AlarmsAlarmTopic').Properties)).toMatchObject({
      KmsMasterKeyId: '<EncryptionKey>',
    });
  });

  it('refuses plain HTTP, and lets alarms of the account publish', () => {
    const [[, policy] = []] = resourcesOf(template, 'AWS::SNS::TopicPolicy');
    expect(readable(policy?.Properties)).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: '<AlarmsAlarmTopic>',
            Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
          },
        ],
      },
      Topics: ['<AlarmsAlarmTopic>'],
    });
  });

  it('tells nobody unless an address is given', () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    const told = resourcesOf(synthesized({ alarmEmail: 'a@example.com, b@example.com' }), 'AWS::SNS::Subscription');
    expect(told.map(([, { Properties }]) => [Properties.Protocol, Properties.Endpoint])).toEqual([
      ['email', 'a@example.com'],
      ['email', 'b@example.com'],
    ]);
  });
});
