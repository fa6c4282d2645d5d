import { Duration, Size, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import { type Buckets, EXPORT_PREFIX, RESYNC_PREFIX, RUN_PREFIX } from './buckets.ts';
import { allow, putProfileObjects } from './permissions.ts';
import { SyncFunction, TELEMETRY } from './sync-function.ts';
import type { Tables } from './tables.ts';

/** The longest that Lambda allows: an export is read in one pass. */
const ONE_PASS = Duration.minutes(15);
/** Two of a chunk's 3 minutes; the ASL's TimeoutSeconds of SyncChunk lies above it. */
const CHUNK_TIMEOUT = Duration.minutes(6);
/** From 1,769 MB on, Lambda gives a function one whole CPU. */
const ONE_CPU_MIB = 1769;
/** For its share of a CPU, which is what bounds a worker's calls per second; a chunk of at most 8 MB needs less memory. */
const WORKER_MIB = 1024;
/** Repeated keys are spooled to disk: 32 bytes a row, so 2 GiB hold about 60 million rows. */
const SPOOL = Size.gibibytes(2);
/** A file of unknown length goes up in parts; parts of a failed upload are taken back. */
const UPLOAD_IN_PARTS = ['s3:PutObject', 's3:AbortMultipartUpload'];

export interface SyncFunctionsProps {
  readonly buckets: Buckets;
  readonly tables: Tables;
  readonly domainName: string;
  readonly objectTypeName: string;
  readonly mappingPath: string;
  readonly plan: RatePlan;
}

/** The Lambda functions behind the Task states, each allowed what its own code calls. */
export class SyncFunctions extends Construct {
  readonly splitExport: SyncFunction;
  readonly syncChunk: SyncFunction;
  readonly summarizeRun: SyncFunction;
  readonly all: readonly SyncFunction[];

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    const { mappingPath, plan } = props;
    const { exportBucket, runBucket } = props.buckets;
    const { ledger, budget, run } = props.tables;
    const environment = {
      DOMAIN_NAME: props.domainName,
      RUN_BUCKET: runBucket.bucketName,
      RUN_TABLE: run.tableName,
      RATE_QUOTA: String(plan.quota),
      RATE_RESERVE: String(plan.reserve),
      ...TELEMETRY,
    };

    this.splitExport = new SyncFunction(this, 'SplitExport', {
      folder: 'split-export',
      description: 'Cuts an export into chunks and checks that the mapping fits it.',
      mappingPath,
      timeout: ONE_PASS,
      memoryMiB: ONE_CPU_MIB,
      ephemeralStorage: SPOOL,
      environment,
      permissions: [
        ...readExports(exportBucket),
        allow(['s3:ListBucketVersions'], exportBucket.bucketArn),
        allow(UPLOAD_IN_PARTS, runFiles(runBucket)),
        allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], run.tableArn),
      ],
    });
    this.syncChunk = new SyncFunction(this, 'SyncChunk', {
      folder: 'sync-chunk',
      description: 'Sends the changed rows of one chunk to Customer Profiles, at the rate of the shared budget.',
      mappingPath,
      timeout: CHUNK_TIMEOUT,
      memoryMiB: WORKER_MIB,
      reservedConcurrency: plan.reservedConcurrency,
      environment: { ...environment, LEDGER_TABLE: ledger.tableName, BUDGET_TABLE: budget.tableName },
      permissions: [
        ...readExports(exportBucket),
        allow(['s3:PutObject'], runFiles(runBucket)),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], run.tableArn),
        allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], ledger.tableArn),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], budget.tableArn),
        putProfileObjects(Stack.of(this), props.domainName, props.objectTypeName),
      ],
    });
    this.summarizeRun = new SyncFunction(this, 'SummarizeRun', {
      folder: 'summarize-run',
      description: 'Adds up the results of a run and writes its rejected rows, summary and report.',
      mappingPath,
      timeout: ONE_PASS,
      memoryMiB: ONE_CPU_MIB,
      environment,
      permissions: [
        ...readExports(exportBucket),
        listRuns(runBucket),
        allow(['s3:GetObject', ...UPLOAD_IN_PARTS], runFiles(runBucket)),
        allow(['dynamodb:Query'], run.tableArn),
      ],
    });
    this.all = [this.splitExport, this.syncChunk, this.summarizeRun];
  }
}

/** ListBucket, because S3 says "access denied" instead of "not found" to a caller who may not list the bucket. */
function readExports(bucket: IBucket): PolicyStatement[] {
  const exports = [EXPORT_PREFIX, RESYNC_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`));
  return [allow(['s3:GetObject', 's3:GetObjectVersion'], ...exports), allow(['s3:ListBucket'], bucket.bucketArn)];
}

function listRuns(bucket: IBucket): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': `${RUN_PREFIX}*` } },
  });
}

function runFiles(bucket: IBucket): string {
  return bucket.arnForObjects(`${RUN_PREFIX}*`);
}
