import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

const ABORT_UPLOADS_AFTER = Duration.days(7);
const CLEAN_UP_UPLOADS: LifecycleRule = {
  id: 'abort-unfinished-uploads',
  abortIncompleteMultipartUploadAfter: ABORT_UPLOADS_AFTER,
};

export interface BucketsProps {
  /** Of the buckets that are made. */
  readonly key: IKey;
  /** @default - a bucket is made. */
  readonly exportBucket?: IBucket | undefined;
  /** @default - a bucket is made. */
  readonly runBucket?: IBucket | undefined;
  readonly retention: { readonly exports: Duration; readonly noncurrentExports: Duration; readonly runs: Duration };
}

/** Where exports arrive, and where runs leave their files. Both hold customer data and outlive the stack. */
export class Buckets extends Construct {
  readonly exportBucket: IBucket;
  readonly runBucket: IBucket;

  constructor(scope: Construct, id: string, { key, retention, ...given }: BucketsProps) {
    super(scope, id);
    this.exportBucket =
      given.exportBucket ??
      this.#bucket('ExportBucket', key, {
        versioned: true,
        lifecycleRules: [
          CLEAN_UP_UPLOADS,
          {
            id: 'expire-exports',
            expiration: retention.exports,
            noncurrentVersionExpiration: retention.noncurrentExports,
          },
          { id: 'remove-leftover-delete-markers', expiredObjectDeleteMarker: true },
        ],
      });
    if (!given.exportBucket) sendEventsToEventBridge(this.exportBucket);
    this.runBucket =
      given.runBucket ??
      this.#bucket('RunBucket', key, {
        lifecycleRules: [CLEAN_UP_UPLOADS, { id: 'expire-runs', expiration: retention.runs }],
      });
  }

  #bucket(id: string, key: IKey, props: BucketProps): Bucket {
    const bucket = new Bucket(this, id, {
      ...props,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One data key for many objects, else each of a run's small files would cost a call of KMS.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    acknowledge(
      bucket,
      'S1',
      "S3's server access logs are best effort and can not be encrypted with a customer-managed key; data events of the account's CloudTrail tell who read what.",
    );
    return bucket;
  }
}

/** The construct's own `eventBridgeEnabled` would add a custom resource with a Lambda of its own. */
function sendEventsToEventBridge(bucket: IBucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new TypeError('A Bucket has no CfnBucket as its default child.');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
