import { ArnFormat, CfnResource, type Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import type { DeletesDefinition } from '../functions/shared/mapping/types.ts';

/**
 * Statements for what a role's code calls, each with what the call needs of the resource's key. CDK's own grants would add
 * actions that nobody calls, some of them by wildcard (`kms:GenerateDataKey*`).
 */
export function allow(actions: readonly string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources });
}

/** Objects are named by patterns of their keys, such as `runs/*`. */
export function getObjects(
  bucket: IBucket,
  patterns: readonly string[],
  actions: readonly string[] = ['s3:GetObject'],
): PolicyStatement[] {
  return [allow(actions, ...objects(bucket, patterns)), ...useKey(bucket.encryptionKey, 'kms:Decrypt')];
}

export function putObjects(bucket: IBucket, ...patterns: string[]): PolicyStatement[] {
  return [
    allow(['s3:PutObject'], ...objects(bucket, patterns)),
    ...useKey(bucket.encryptionKey, 'kms:GenerateDataKey'),
  ];
}

/**
 * For files of unknown length, which go up in parts: S3 reads the encrypted parts to join them, and parts of a failed upload
 * are taken back. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html, read 2026-11.
 */
export function uploadObjects(bucket: IBucket, ...patterns: string[]): PolicyStatement[] {
  return [
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], ...objects(bucket, patterns)),
    ...useKey(bucket.encryptionKey, 'kms:GenerateDataKey', 'kms:Decrypt'),
  ];
}

export function deleteObjects(bucket: IBucket, ...patterns: string[]): PolicyStatement {
  return allow(['s3:DeleteObject'], ...objects(bucket, patterns));
}

export function listObjects(bucket: IBucket, prefix: string): PolicyStatement {
  return list('s3:ListBucket', bucket, prefix);
}

export function listVersions(bucket: IBucket, prefix: string): PolicyStatement {
  return list('s3:ListBucketVersions', bucket, prefix);
}

function list(action: string, bucket: IBucket, prefix: string): PolicyStatement {
  return new PolicyStatement({
    actions: [action],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${prefix}*` } },
  });
}

export function useTable(table: ITable, ...actions: string[]): PolicyStatement[] {
  return [allow(actions, table.tableArn), ...useKey(table.encryptionKey, 'kms:Decrypt')];
}

export function sendMessages(queue: IQueue): PolicyStatement[] {
  return [
    allow(['sqs:SendMessage'], queue.queueArn),
    ...useKey(queue.encryptionMasterKey, 'kms:GenerateDataKey', 'kms:Decrypt'),
  ];
}

/** Lambda reads a queue with the role of the function that it reads it for. */
export function pollMessages(queue: IQueue, ...more: string[]): PolicyStatement[] {
  return [
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...more], queue.queueArn),
    ...useKey(queue.encryptionMasterKey, 'kms:Decrypt'),
  ];
}

export function publish(topic: ITopic): PolicyStatement[] {
  return [allow(['sns:Publish'], topic.topicArn), ...useKey(topic.masterKey, 'kms:GenerateDataKey', 'kms:Decrypt')];
}

/** The service authorises PutProfileObject on the object type and, optionally, on its domain. */
export function putProfileObjects(
  stack: Stack,
  domainName: string,
  objectTypeName: string,
  actions: readonly string[],
): PolicyStatement {
  const domain = domainArn(stack, domainName);
  return allow(actions, domain, `${domain}/object-types/${objectTypeName}`);
}

/** The service authorises both on the domain. */
export function clearProfiles(stack: Stack, domainName: string): PolicyStatement {
  return allow(['profile:SearchProfiles', 'profile:UpdateProfile'], domainArn(stack, domainName));
}

/** Finds the profile of a customer and what this system put into it, and deletes one of them. */
export function deleteCustomers(
  stack: Stack,
  domainName: string,
  objectTypeName: string,
  action: DeletesDefinition['action'],
): PolicyStatement[] {
  const domain = domainArn(stack, domainName);
  return [
    allow(['profile:SearchProfiles', ...(action === 'profile' ? ['profile:DeleteProfile'] : [])], domain),
    allow(deletingObjects(action), domain, `${domain}/object-types/${objectTypeName}`),
  ];
}

/** Those of the actions of `deleteCustomers` that are on the object type. */
export function deletingObjects(action: DeletesDefinition['action']): readonly string[] {
  return ['profile:ListProfileObjects', ...(action === 'object' ? ['profile:DeleteProfileObject'] : [])];
}

export function domainArn(stack: Stack, domainName: string): string {
  return stack.formatArn({
    service: 'profile',
    resource: 'domains',
    resourceName: domainName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/** An action that a role is allowed although an ordinary run does not use it. */
export interface Unused {
  readonly action: string;
  readonly reason: string;
}

const UNUSED_METADATA = 'profile-sync:unused';

/** Of an action on an object type. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonconnectcustomerprofiles.html, read 2026-11. */
export function alsoOnDomain(action: string): Unused {
  return { action, reason: 'AWS lists the domain as a resource that it may ask for, too.' };
}

/** Notes the reason in the role's metadata, for `npm run least-privilege`, which compares what is allowed with what a run used. */
export function allowUnused(role: IConstruct, unused: readonly Unused[]): void {
  const resource = role.node.defaultChild;
  if (!CfnResource.isCfnResource(resource)) throw new TypeError('Only a role of the template has metadata.');
  if (unused.length > 0) resource.addMetadata(UNUSED_METADATA, unused);
}

function useKey(key: IKey | undefined, ...actions: string[]): PolicyStatement[] {
  return key === undefined ? [] : [allow(actions, key.keyArn)];
}

function objects(bucket: IBucket, patterns: readonly string[]): string[] {
  return patterns.map((pattern) => bucket.arnForObjects(pattern));
}
