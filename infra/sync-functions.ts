import { Duration, Size, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EXPORT_PREFIX, RESYNC_PREFIX } from '../functions/shared/export/export-prefixes.ts';
import { EXPORT_TEXT_PREFIX, RUN_PREFIX } from '../functions/shared/export/run-files.ts';
import { rateVariables } from '../functions/shared/rate-environment.ts';
import {
  allow,
  alsoOnDomain,
  deleteCustomers,
  deletingObjects,
  getObjects,
  putObjects,
  type Unused,
  uploadObjects,
  useTable,
} from './permissions.ts';
import { SyncFunction } from './sync-function.ts';
import { syncRecords } from './sync-worker.ts';
import type { System } from './system.ts';

/** The longest that Lambda allows: an export is read in one pass. */
const ONE_PASS = Duration.minutes(15);
/** Two of a chunk's 3 minutes; the ASL's TimeoutSeconds of SyncChunk lies above it. */
const CHUNK_TIMEOUT = Duration.minutes(6);
/** From 1,769 MB on, Lambda gives a function one whole CPU. */
const ONE_CPU_MIB = 1769;
/** Twice what a worker was measured to use, and CPU for twice its calls: docs/cost.md has the table that it is chosen from. */
const WORKER_MIB = 768;
/** Repeated keys are spooled to disk: 32 bytes a row, so 2 GiB hold about 60 million rows. */
const SPOOL = Size.gibibytes(2);
/** Splitting then takes 140 MB for an export of any size, and as long as with more; with V8's default up to 300 MB were seen. */
const SPLIT_SEMI_SPACE_MIB = 8;
const RUN_FILES = `${RUN_PREFIX}*`;
const EXPORT_TEXTS = `${EXPORT_TEXT_PREFIX}*`;

const ABORT_UPLOAD: Unused = {
  action: 's3:AbortMultipartUpload',
  reason: 'Takes back the parts of an upload that failed.',
};

export interface SyncFunctionsProps {
  readonly system: System;
}

/** The Lambda functions behind the Task states, each allowed what its own code calls. */
export class SyncFunctions extends Construct {
  readonly splitExport: SyncFunction;
  readonly syncChunk: SyncFunction;
  readonly summarizeRun: SyncFunction;
  readonly all: readonly SyncFunction[];

  constructor(scope: Construct, id: string, { system }: SyncFunctionsProps) {
    super(scope, id);
    const { plan, domainName, objectTypeName, deletes } = system;
    const { exportBucket, runBucket } = system.buckets;
    const { run } = system.tables;
    const sync = syncRecords(this, system, plan.exportApi);
    const environment = {
      DOMAIN_NAME: system.domainName,
      RUN_BUCKET: runBucket.bucketName,
      RUN_TABLE: run.tableName,
      ...rateVariables(plan),
    };

    this.splitExport = new SyncFunction(this, 'SplitExport', {
      system,
      folder: 'split-export',
      description: 'Cuts an export into chunks and checks that the mapping fits it.',
      readsRecords: true,
      timeout: ONE_PASS,
      memoryMiB: ONE_CPU_MIB,
      ephemeralStorage: SPOOL,
      semiSpaceMiB: SPLIT_SEMI_SPACE_MIB,
      environment,
      permissions: [
        ...readExports(exportBucket, 's3:GetObject'),
        allow(['s3:ListBucketVersions'], exportBucket.bucketArn),
        ...uploadObjects(runBucket, RUN_FILES, EXPORT_TEXTS),
        ...useTable(run, 'dynamodb:PutItem', 'dynamodb:UpdateItem'),
      ],
      unused: [
        ABORT_UPLOAD,
        {
          action: 'dynamodb:UpdateItem',
          reason: 'Registers the time of a full export; the mapping may not have such.',
        },
      ],
    });
    this.syncChunk = new SyncFunction(this, 'SyncChunk', {
      system,
      folder: 'sync-chunk',
      description: 'Sends the changed rows of one chunk to Customer Profiles, at the rate of the shared budget.',
      readsRecords: true,
      timeout: CHUNK_TIMEOUT,
      memoryMiB: WORKER_MIB,
      reservedConcurrency: plan.reservedConcurrency,
      environment: { ...sync.environment, RUN_BUCKET: runBucket.bucketName },
      permissions: [
        ...sync.permissions,
        ...readExports(exportBucket),
        ...getObjects(runBucket, [EXPORT_TEXTS]),
        tellMissing(exportBucket, runBucket),
        ...putObjects(runBucket, RUN_FILES),
        ...(deletes ? deleteCustomers(Stack.of(this), domainName, objectTypeName, deletes) : []),
      ],
      unused: [
        ...(sync.unused ?? []),
        ...(deletes ? deletingObjects(deletes).map(alsoOnDomain) : []),
        {
          action: 's3:GetObject',
          reason: 'Reads the text of an export that was packed or in another encoding than UTF-8.',
        },
        { action: 's3:ListBucket', reason: 'Tells a text that was deleted from one that may not be read.' },
      ],
    });
    this.summarizeRun = new SyncFunction(this, 'SummarizeRun', {
      system,
      folder: 'summarize-run',
      description: 'Adds up the results of a run and writes its rejected rows, summary and report.',
      readsRecords: true,
      timeout: ONE_PASS,
      memoryMiB: ONE_CPU_MIB,
      environment,
      permissions: [
        ...readExports(exportBucket),
        tellMissing(exportBucket, runBucket),
        ...getObjects(runBucket, [RUN_FILES, EXPORT_TEXTS]),
        ...uploadObjects(runBucket, RUN_FILES),
        ...useTable(run, 'dynamodb:PutItem', 'dynamodb:Query'),
      ],
      unused: [ABORT_UPLOAD],
    });
    this.all = [this.splitExport, this.syncChunk, this.summarizeRun];
  }
}

/** A manual start names no version; after SplitExport has found it, all read that one to the end. */
function readExports(bucket: IBucket, ...actions: string[]): PolicyStatement[] {
  const patterns = [EXPORT_PREFIX, RESYNC_PREFIX].map((prefix) => `${prefix}*`);
  return getObjects(bucket, patterns, ['s3:GetObjectVersion', ...actions]);
}

/** S3 says "access denied" instead of "not found" to a caller who may not list the bucket. */
function tellMissing(...buckets: IBucket[]): PolicyStatement {
  return allow(['s3:ListBucket'], ...buckets.map(({ bucketArn }) => bucketArn));
}
