import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Objects under it are exports; anything else in the bucket starts nothing. */
export const EXPORT_PREFIX = 'exports/';
/** Where `npm run sync -- --resync` uploads to: no rule looks there, the run is started by hand. */
export const RESYNC_PREFIX = 'resync/';
/** Every file of a run lies under it. */
export const RUN_PREFIX = 'runs/';

/** As long as Step Functions keeps the history of an execution: a run and its files are looked at together. */
const KEPT = Duration.days(90);
/** A run lasts up to 7 days and can be redriven 14 days after its end, always from the version it was split from. */
const NONCURRENT_KEPT = Duration.days(30);
const ABORT_UPLOADS_AFTER = Duration.days(7);

const CLEAN_UP_UPLOADS: LifecycleRule = {
  id: 'abort-unfinished-uploads',
  abortIncompleteMultipartUploadAfter: ABORT_UPLOADS_AFTER,
};

const PRIVATE: BucketProps = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Where exports arrive, and where runs leave their files. Both hold customer data and outlive the stack. */
export class Buckets extends Construct {
  readonly exportBucket: Bucket;
  readonly runBucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.exportBucket = new Bucket(this, 'ExportBucket', {
      ...PRIVATE,
      versioned: true,
      lifecycleRules: [
        CLEAN_UP_UPLOADS,
        { id: 'expire-exports', expiration: KEPT, noncurrentVersionExpiration: NONCURRENT_KEPT },
        { id: 'remove-leftover-delete-markers', expiredObjectDeleteMarker: true },
      ],
    });
    sendEventsToEventBridge(this.exportBucket);
    this.runBucket = new Bucket(this, 'RunBucket', {
      ...PRIVATE,
      lifecycleRules: [CLEAN_UP_UPLOADS, { id: 'expire-runs', expiration: KEPT }],
    });
  }
}

/** The construct's own `eventBridgeEnabled` would add a custom resource with a Lambda of its own. */
function sendEventsToEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new TypeError('A Bucket has no CfnBucket as its default child.');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
