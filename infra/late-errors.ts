import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { runFiles } from '../functions/shared/export/run-files.ts';
import { keptQueue } from './kept-queue.ts';
import { domainArn, pollMessages, putObjects, sendMessages } from './permissions.ts';
import { SyncFunction } from './sync-function.ts';
import { useLedger } from './sync-worker.ts';
import type { System } from './system.ts';

/** Ten messages, each with a file and an entry to write. */
const TIMEOUT = Duration.seconds(30);
/** As AWS advises, so that a message is not given out again while Lambda still tries to find room for its batch. */
export const VISIBILITY_TIMEOUT = Duration.seconds(TIMEOUT.toSeconds() * 6);
const MEMORY_MIB = 256;
const BATCH_SIZE = 10;
/** The least that an event source mapping allows. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html, read 2026-11. */
const MAX_CONCURRENCY = 2;
/** The most that SQS allows: what it can't read LateErrors puts aside itself. This catches what crashes it each time, after two days. */
export const MAX_RECEIVE_COUNT = 1_000;

/** Of runs, of live events, and of no known run. */
const LATE_ERROR_FILES = `${runFiles.lateErrors('*')}*`;

export interface LateErrorsProps {
  readonly system: System;
  /**
   * The domain's dead-letter queue. One of another app must let profile.amazonaws.com send to it, and its key, if it has one,
   * encrypt.
   * @default - made here, and kept when the stack is removed.
   */
  readonly queue?: IQueue | undefined;
  /**
   * Gets late errors of other object types, as they came.
   * @default - they are put aside.
   */
  readonly otherLateErrors?: IQueue | undefined;
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
    const { system, otherLateErrors } = props;
    const { key } = system.encryption;
    this.deadLetterQueue = keptQueue(this, 'DeadLetterQueue', key);
    this.queue =
      props.queue ??
      keptQueue(this, 'DomainDeadLetterQueue', key, {
        visibilityTimeout: VISIBILITY_TIMEOUT,
        deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
      });
    this.queue.addToResourcePolicy(sentByTheDomain(Stack.of(this), system.domainName, this.queue));

    const ledger = useLedger(system, 'dynamodb:GetItem', 'dynamodb:PutItem');
    const { runBucket } = system.buckets;
    this.function = new SyncFunction(this, 'LateErrors', {
      system,
      folder: 'late-errors',
      description: 'Marks what Customer Profiles accepted and failed on, so that the next run sends it again.',
      readsRecords: true,
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      environment: {
        ...ledger.environment,
        RUN_BUCKET: runBucket.bucketName,
        LATE_QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
        ...(otherLateErrors && { OTHER_LATE_ERRORS_QUEUE_URL: otherLateErrors.queueUrl }),
      },
      permissions: [
        ...ledger.permissions,
        ...putObjects(runBucket, LATE_ERROR_FILES),
        ...pollMessages(this.queue, 'sqs:ChangeMessageVisibility'),
        ...sendMessages(this.deadLetterQueue),
        ...(otherLateErrors ? sendMessages(otherLateErrors) : []),
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

/** https://docs.aws.amazon.com/connect/latest/adminguide/cross-service-confused-deputy-prevention.html, read 2026-11. */
function sentByTheDomain(stack: Stack, domainName: string, queue: IQueue): PolicyStatement {
  return new PolicyStatement({
    principals: [new ServicePrincipal('profile.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnEquals: { 'aws:SourceArn': domainArn(stack, domainName) },
    },
  });
}
