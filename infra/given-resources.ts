import { Token, TokenComparison } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { VISIBILITY_TIMEOUT } from './late-errors.ts';

/** SQS, where a queue says nothing. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, read 2026-11. */
const DEFAULT_VISIBILITY_TIMEOUT_S = 30;

/**
 * Checks what can be seen of given buckets: those of the same app. Of an imported one nothing is known.
 *
 * @throws InvalidConfiguration naming the bucket and what to do.
 */
export function checkGivenBuckets(exportBucket: IBucket | undefined, runBucket: IBucket | undefined): void {
  if (exportBucket && runBucket && isSameBucket(exportBucket, runBucket)) {
    throw new InvalidConfiguration(
      `exportBucket and runBucket are the same bucket, ${exportBucket.node.path}; runs keep their files for other times and other readers than exports. Give two buckets, or leave one out to have it made.`,
    );
  }
  const resource = exportBucket?.node.defaultChild;
  if (exportBucket && resource instanceof CfnBucket) checkExportBucket(exportBucket, resource);
}

function checkExportBucket(bucket: IBucket, { versioningConfiguration, notificationConfiguration }: CfnBucket): void {
  const versioning: unknown = versioningConfiguration;
  if (!(versioning instanceof Object && 'status' in versioning && versioning.status === 'Enabled')) {
    throw new InvalidConfiguration(
      `exportBucket ${bucket.node.path} is not versioned; a run reads the version that it was started with, to its end. Set versioned: true on the bucket.`,
    );
  }
  const notification: unknown = notificationConfiguration;
  const sendsEvents = notification instanceof Object && 'eventBridgeConfiguration' in notification;
  // CDK's own `eventBridgeEnabled` leaves a construct of this name instead.
  if (!sendsEvents && bucket.node.tryFindChild('Notifications') === undefined) {
    throw new InvalidConfiguration(
      `exportBucket ${bucket.node.path} does not send its events to EventBridge; no export would start a run. Set eventBridgeEnabled: true on the bucket, or call enableEventBridgeNotification() before.`,
    );
  }
}

function isSameBucket(one: IBucket, other: IBucket): boolean {
  return one === other || Token.compareStrings(one.bucketName, other.bucketName) === TokenComparison.SAME;
}

/**
 * Lambda reads the queue, and must be done with a message before SQS gives it out again.
 *
 * @throws InvalidConfiguration naming the queue and what to do.
 */
export function checkGivenQueue(domainDeadLetterQueue: IQueue | undefined): void {
  const resource = domainDeadLetterQueue?.node.defaultChild;
  if (!(resource instanceof CfnQueue)) return;
  const seconds = resource.visibilityTimeout ?? DEFAULT_VISIBILITY_TIMEOUT_S;
  if (seconds >= VISIBILITY_TIMEOUT.toSeconds()) return;
  throw new InvalidConfiguration(
    `domainDeadLetterQueue ${domainDeadLetterQueue?.node.path} gives a message out again after ${seconds} seconds, while it is still being read. Set its visibilityTimeout to ${VISIBILITY_TIMEOUT.toMinutes()} minutes or more.`,
  );
}
