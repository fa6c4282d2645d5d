import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { arn, type Resource, type ResourceType } from '../resource-type.ts';

/** Expiry has no effect: dynalite expires nothing, and on AWS an item may outlive its TTL for days. */
const WITHOUT_EFFECT: readonly string[] = [
  'BillingMode',
  'TimeToLiveSpecification',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'ContributorInsightsSpecification',
  'OnDemandThroughput',
  'WriteOnDemandThroughputSettings',
  'TableClass',
  'Tags',
];

function identify(resource: Omit<Resource, 'identity'>): { ref: string; attributes: Record<string, string> } {
  const name = resource.optionalText('TableName') ?? resource.defaultName;
  return { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
}

export const table: ResourceType = {
  properties: ['TableName', 'KeySchema', 'AttributeDefinitions'],
  withoutEffect: WITHOUT_EFFECT,
  identify,
  build(resource, model) {
    model.tables.push({
      TableName: resource.identity.ref,
      KeySchema: resource.objects('KeySchema') as unknown as KeySchemaElement[],
      AttributeDefinitions: resource.objects('AttributeDefinitions') as unknown as AttributeDefinition[],
      BillingMode: 'PAY_PER_REQUEST',
    });
  },
};

/** CDK's TableV2; its one replica is the table itself. */
export const globalTable: ResourceType = { ...table, withoutEffect: [...WITHOUT_EFFECT, 'Replicas'] };
