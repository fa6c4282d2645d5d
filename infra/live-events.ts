import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LIVE_BATCH_SIZE, type RatePlan } from '../functions/shared/rate-plan.ts';
import { allow, putProfileObjects } from './permissions.ts';
import { SyncFunction, TELEMETRY } from './sync-function.ts';
import type { Tables } from './tables.ts';

const EVENT_BUS_NAME = 'profile-sync';
/** Twice 20 s without a permit and a call's 10 s, with time for the notes after it. */
const TIMEOUT = Duration.minutes(1);
/** As AWS advises, so that a message is not given out again while Lambda still tries to find room for its batch. */
const VISIBILITY_TIMEOUT = Duration.seconds(TIMEOUT.toSeconds() * 6);
const WORKER_MIB = 512;
/** The longest that SQS allows. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, read 2026-11. */
const RETENTION = Duration.days(14);
/**
 * The most that SQS allows: what can't be synced SyncEvent puts aside itself. This catches what crashes it each time, and
 * what an error that met every event kept coming back for over half a day.
 */
const MAX_RECEIVE_COUNT = 1_000;

export interface LiveEventsProps {
  readonly tables: Tables;
  readonly domainName: string;
  readonly objectTypeName: string;
  readonly mappingPath: string;
  readonly plan: RatePlan;
}

/** The way of a live event: its bus, the queue that keeps it until it is synced, and what puts aside those that can't be. */
export class LiveEvents extends Construct {
  readonly bus: EventBus;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly syncEvent: IFunction;

  constructor(scope: Construct, id: string, props: LiveEventsProps) {
    super(scope, id);
    const { tables, plan } = props;
    // What they hold was never synced and is nowhere else: a removed stack must not take it along.
    const kept = {
      retentionPeriod: RETENTION,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', kept);
    this.queue = new Queue(this, 'LiveQueue', {
      ...kept,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });

    this.bus = new EventBus(this, 'EventBus', { eventBusName: EVENT_BUS_NAME });
    new Rule(this, 'CustomerChanged', {
      description: 'Puts every event of the bus into the live queue; SyncEvent says which it can not read.',
      eventBus: this.bus,
      eventPattern: { source: Match.prefix('') },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetterQueue })],
    });

    const syncEvent = new SyncFunction(this, 'SyncEvent', {
      folder: 'sync-event',
      description: 'Sends the records of live events to Customer Profiles, with a reserved share of the rate budget.',
      mappingPath: props.mappingPath,
      timeout: TIMEOUT,
      memoryMiB: WORKER_MIB,
      environment: {
        ...TELEMETRY,
        DOMAIN_NAME: props.domainName,
        RATE_QUOTA: String(plan.quota),
        RATE_RESERVE: String(plan.reserve),
        RUN_TABLE: tables.run.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        BUDGET_TABLE: tables.budget.tableName,
        LIVE_QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
      },
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], tables.run.tableArn, tables.budget.tableArn),
        allow(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], tables.ledger.tableArn),
        allow(
          ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
          this.queue.queueArn,
        ),
        allow(['sqs:SendMessage'], this.deadLetterQueue.queueArn),
        putProfileObjects(Stack.of(this), props.domainName, props.objectTypeName),
      ],
    });
    this.syncEvent = syncEvent.lambda;
    new EventSourceMapping(this, 'Poller', {
      target: syncEvent.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: LIVE_BATCH_SIZE,
      maxConcurrency: plan.liveConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
