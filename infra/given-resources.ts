import { Annotations } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { RETENTION } from './kept-queue.ts';
import { MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT } from './late-errors.ts';
import { isSameResource } from './same-resource.ts';

/** SQS, where a queue says nothing. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, read 2026-11. */
const DEFAULT_VISIBILITY_TIMEOUT_S = 30;
const DEFAULT_RETENTION_S = 4 * 86_400;

/**
 * Checks what can be seen of given buckets: those of the same app. Of an imported one nothing is known.
 *
 * @throws InvalidConfiguration naming the bucket and what to do.
 */
export function checkGivenBuckets(exportBucket: IBucket | undefined, runBucket: IBucket | undefined): void {
  if (exportBucket && runBucket && isSameResource(exportBucket, runBucket, (bucket) => bucket.bucketName)) {
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

/**
 * Lambda must be done with a message before SQS gives it out again, and nobody else has what SQS forgets.
 *
 * @throws InvalidConfiguration naming the queue and what to do.
 */
export function checkGivenQueue(domainDeadLetterQueue: IQueue | undefined): void {
  const resource = domainDeadLetterQueue?.node.defaultChild;
  if (!domainDeadLetterQueue || !(resource instanceof CfnQueue)) return;
  const queue = `domainDeadLetterQueue ${domainDeadLetterQueue.node.path}`;
  const hidden = resource.visibilityTimeout ?? DEFAULT_VISIBILITY_TIMEOUT_S;
  if (hidden < VISIBILITY_TIMEOUT.toSeconds()) {
    throw new InvalidConfiguration(
      `${queue} gives a message out again after ${hidden} seconds, while it is still being read. Set its visibilityTimeout to ${VISIBILITY_TIMEOUT.toMinutes()} minutes or more.`,
    );
  }
  const kept = resource.messageRetentionPeriod ?? DEFAULT_RETENTION_S;
  if (kept < RETENTION.toSeconds()) {
    throw new InvalidConfiguration(
      `${queue} forgets a message after ${kept / 86_400} days; a late error that is not read by then is lost. Set its retentionPeriod to ${RETENTION.toDays()} days.`,
    );
  }
  const { maxReceiveCount } = (resource.redrivePolicy ?? {}) as { readonly maxReceiveCount?: number };
  const advice = `Give it one with a maxReceiveCount of ${MAX_RECEIVE_COUNT}: messages wait in the queue by being received again.`;
  if (maxReceiveCount === undefined) {
    Annotations.of(domainDeadLetterQueue).addWarningV2(
      'connect-profile-sync:noDeadLetterQueue',
      `${queue} has no dead-letter queue: a message that LateErrors fails on each time is lost after ${RETENTION.toDays()} days. ${advice}`,
    );
  } else if (maxReceiveCount < MAX_RECEIVE_COUNT) {
    Annotations.of(domainDeadLetterQueue).addWarningV2(
      'connect-profile-sync:fewReceives',
      `${queue} moves a message to its dead-letter queue after ${maxReceiveCount} receives, while it only waits; no alarm tells of it there. ${advice}`,
    );
  }
}
