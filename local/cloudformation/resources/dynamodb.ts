import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { arn, fieldsOf, identifyBy, type ResourceType } from '../resource-type.ts';
import { encrypt } from './kms.ts';

export const table: ResourceType = {
  properties: ['TableName', 'KeySchema', 'AttributeDefinitions', 'SSESpecification'],
  withoutEffect: [
    // Dynalite expires nothing, and on AWS an item may outlive its TTL for days.
    'TimeToLiveSpecification',
    'BillingMode',
    'PointInTimeRecoverySpecification',
    'DeletionProtectionEnabled',
    'ContributorInsightsSpecification',
    'OnDemandThroughput',
    'TableClass',
    'Tags',
  ],
  identify: identifyBy('TableName', (name) => arn('dynamodb', `table/${name}`)),
  build(resource, model) {
    model.tables.push({
      TableName: resource.identity.ref,
      KeySchema: resource.objects('KeySchema') as unknown as KeySchemaElement[],
      AttributeDefinitions: resource.objects('AttributeDefinitions') as unknown as AttributeDefinition[],
      BillingMode: 'PAY_PER_REQUEST',
    });
    const where = `${resource.logicalId}.SSESpecification`;
    const known = ['KMSMasterKeyId', 'SSEEnabled', 'SSEType'];
    const { KMSMasterKeyId } = fieldsOf(resource.value('SSESpecification') ?? {}, where, known);
    encrypt(model, String(resource.identity.attributes.Arn), resource, KMSMasterKeyId);
  },
};
