import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { ProfileSyncStack } from '../../infra/index.ts';

/**
 * Ids by which CloudFormation knows what holds data. With another id it would make an empty resource beside the full one; so a
 * line of this list never changes, and a new resource adds one.
 */
const STATEFUL = {
  EncryptionKey3A692D6E: 'AWS::KMS::Key',
  BucketsExportBucket70A36B43: 'AWS::S3::Bucket',
  BucketsRunBucketCFE2DFC2: 'AWS::S3::Bucket',
  TablesLedgerTableDAA6E5E4: 'AWS::DynamoDB::Table',
  TablesBudgetTableCC4EE8EA: 'AWS::DynamoDB::Table',
  TablesRunTable84DCB6C8: 'AWS::DynamoDB::Table',
  AlarmsAlarmTopic58991614: 'AWS::SNS::Topic',
  Domain58E72D41: 'AWS::CustomerProfiles::Domain',
  ObjectType46716033: 'AWS::CustomerProfiles::ObjectType',
  FailedStartsC43EB49C: 'AWS::SQS::Queue',
  LateErrorsDeadLetterQueue1AC016D8: 'AWS::SQS::Queue',
  LateErrorsDomainDeadLetterQueue427DE536: 'AWS::SQS::Queue',
  LiveEventsDeadLetterQueue922DF684: 'AWS::SQS::Queue',
  LiveEventsLiveQueueF6D6DDA4: 'AWS::SQS::Queue',
  LiveEventsEventBusE648E231: 'AWS::Events::EventBus',
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mapping-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

function resources(mappingPath = 'mappings/customer.json'): Readonly<Record<string, Resource>> {
  const app = new App({
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
  });
  const stack = new ProfileSyncStack(app, 'AnyName', {
    domainName: 'demo',
    newDomain: { defaultExpirationDays: 366 },
    mappingPath,
  });
  return Template.fromStack(stack).toJSON().Resources;
}

/** A mapping file made from the example. */
function mapping(change: (definition: Example) => void): string {
  const definition: Example = JSON.parse(readFileSync('mappings/customer.json', 'utf8'));
  change(definition);
  const path = join(directory, 'mapping.json');
  writeFileSync(path, JSON.stringify(definition));
  return path;
}

interface Example {
  readonly objectType: { name: string };
  readonly customerKey: { keyName: string };
  readonly fields: { readonly name: string; readonly column: string }[];
}

describe('what holds data', () => {
  const KINDS = new Set(Object.values(STATEFUL));

  it('keeps its logical ids, whatever the stack is called', () => {
    const ids = Object.entries(resources()).filter(([, { Type }]) => KINDS.has(Type));
    expect(Object.fromEntries(ids.map(([id, { Type }]) => [id, Type]))).toEqual(STATEFUL);
  });
});

describe('a changed mapping', () => {
  const ID = 'ObjectType46716033';
  const before = resources()[ID];

  it('updates the object type in place: the same resource, of the same name in the same domain', () => {
    const path = mapping((definition) => {
      definition.fields.push({ name: 'newsletter', column: 'Newsletter' });
      definition.customerKey.keyName = 'anotherKey';
    });
    const after = resources(path)[ID];
    expect(after?.Properties).not.toEqual(before?.Properties);
    for (const replacing of ['DomainName', 'ObjectTypeName']) {
      expect(after?.Properties[replacing]).toBe(before?.Properties[replacing]);
    }
  });

  it('makes a new object type beside the old one if it names another', () => {
    const after = resources(mapping(({ objectType }) => Object.assign(objectType, { name: 'CrmPartner' })))[ID];
    expect(after).toMatchObject({
      Properties: { ObjectTypeName: 'CrmPartner' },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });
});
