import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Buckets } from './buckets.ts';
import { allow } from './permissions.ts';
import { SyncFunction, TELEMETRY } from './sync-function.ts';
import type { Tables } from './tables.ts';

/** The shortest default that a given queue has as its visibility timeout, which Lambda wants no shorter than this. */
const TIMEOUT = Duration.seconds(30);
/** As AWS advises, so that a message is not given out again while Lambda still tries to find room for its batch. */
const VISIBILITY_TIMEOUT = Duration.seconds(TIMEOUT.toSeconds() * 6);
const MEMORY_MIB = 256;
const BATCH_SIZE = 10;
/** The least that an event source mapping allows. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html, read 2026-11. */
const MAX_CONCURRENCY = 2;
/** The longest that SQS allows. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, read 2026-11. */
const RETENTION = Duration.days(14);
/** A message that waits for a call comes again a few times; this catches what crashes LateErrors each time. */
const MAX_RECEIVE_COUNT = 100;

export interface LateErrorsProps {
  readonly system: {
    readonly domainName: string;
    readonly mappingPath: string;
    readonly tables: Pick<Tables, 'ledger'>;
    readonly buckets: Pick<Buckets, 'runBucket'>;
    /** Of the queues made here. */
    readonly encryptionKey?: IKey;
  };
  /**
   * The domain's dead-letter queue. Its visibility timeout must be 30 seconds or more, as it is by default. One of another
   * app must let profile.amazonaws.com send to it, and its key, if it has one, encrypt.
   * @default - made here, and kept when the stack is removed.
   */
  readonly queue?: IQueue;
}

/** What becomes of records that Customer Profiles accepted and failed on afterwards. */
export class LateErrors extends Construct {
  /** The domain's dead-letter queue: the domain is to name its URL. */
  readonly queue: IQueue;
  /** What LateErrors could not deal with: messages of others, and of no known form. */
  readonly deadLetterQueue: Queue;
  readonly function: SyncFunction;

  constructor(scope: Construct, id: string, props: LateErrorsProps) {
    super(scope, id);
    const { domainName, mappingPath, tables, buckets, encryptionKey } = props.system;
    // What they hold was accepted and never arrived, or is somebody else's: a removed stack must not take it along.
    const kept = {
      retentionPeriod: RETENTION,
      ...(encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', kept);
    this.queue =
      props.queue ??
      new Queue(this, 'DomainDeadLetterQueue', {
        ...kept,
        visibilityTimeout: VISIBILITY_TIMEOUT,
        deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
      });
    this.queue.addToResourcePolicy(sentByTheDomain(Stack.of(this), domainName, this.queue));

    const { ledger } = tables;
    const { runBucket } = buckets;
    this.function = new SyncFunction(this, 'LateErrors', {
      folder: 'late-errors',
      description: 'Marks what Customer Profiles accepted and failed on, so that the next run sends it again.',
      mappingPath,
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      environment: {
        ...TELEMETRY,
        DOMAIN_NAME: domainName,
        LEDGER_TABLE: ledger.tableName,
        RUN_BUCKET: runBucket.bucketName,
        LATE_QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
      },
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], ledger.tableArn),
        allow(['s3:PutObject'], ...LATE_ERROR_FILES.map((files) => runBucket.arnForObjects(files))),
        allow(
          ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
          this.queue.queueArn,
        ),
        allow(['sqs:SendMessage'], this.deadLetterQueue.queueArn),
        ...useOfKeys(
          { key: ledger.encryptionKey, actions: ['kms:Decrypt'] },
          { key: runBucket.encryptionKey, actions: ['kms:GenerateDataKey'] },
          { key: this.queue.encryptionMasterKey, actions: ['kms:Decrypt'] },
          { key: this.deadLetterQueue.encryptionMasterKey, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
        ),
      ],
    });
    new EventSourceMapping(this, 'Poller', {
      target: this.function.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: BATCH_SIZE,
      maxConcurrency: MAX_CONCURRENCY,
      reportBatchItemFailures: true,
    });
  }
}

/** Those of a run or a live event, and those of no known one. */
const LATE_ERROR_FILES = ['runs/*/late-errors/*', 'late-errors/unknown/*'];

/** https://docs.aws.amazon.com/connect/latest/adminguide/cross-service-confused-deputy-prevention.html, read 2026-11. */
function sentByTheDomain(stack: Stack, domainName: string, queue: IQueue): PolicyStatement {
  const domain = { service: 'profile', resource: 'domains', resourceName: domainName };
  return new PolicyStatement({
    sid: 'LateErrorsOfTheDomain',
    principals: [new ServicePrincipal('profile.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      StringEquals: {
        'aws:SourceAccount': stack.account,
        'aws:SourceArn': stack.formatArn({ ...domain, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
      },
    },
  });
}

/** One statement per key, though several resources have the same one. */
function useOfKeys(
  ...uses: readonly { readonly key: IKey | undefined; readonly actions: readonly string[] }[]
): PolicyStatement[] {
  const actions = new Map<string, Set<string>>();
  for (const { key, actions: needed } of uses) {
    if (key) actions.set(key.keyArn, new Set([...(actions.get(key.keyArn) ?? []), ...needed]));
  }
  return [...actions].map(([keyArn, needed]) => allow([...needed], keyArn));
}
