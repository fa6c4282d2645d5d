import { Duration } from 'aws-cdk-lib';
import { EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LIVE_BATCH_SIZE } from '../functions/shared/rate-plan.ts';
import { keptQueue } from './kept-queue.ts';
import { pollMessages, sendMessages } from './permissions.ts';
import { queueTarget } from './queue-target.ts';
import { SyncFunction } from './sync-function.ts';
import { syncRecords } from './sync-worker.ts';
import type { System } from './system.ts';

/** Twice 20 s without a permit and a call's 10 s, with time for the notes after it. */
const TIMEOUT = Duration.minutes(1);
/** As AWS advises, so that a message is not given out again while Lambda still tries to find room for its batch. */
const VISIBILITY_TIMEOUT = Duration.seconds(TIMEOUT.toSeconds() * 6);
const WORKER_MIB = 512;
/**
 * The most that SQS allows: what can't be synced SyncEvent puts aside itself. This catches what crashes it each time, and
 * what an error that met every event kept coming back for over half a day.
 */
const MAX_RECEIVE_COUNT = 1_000;

export interface LiveEventsProps {
  readonly system: System;
}

/** The way of a live event: its bus, the queue that keeps it until it is synced, and what puts aside those that can't be. */
export class LiveEvents extends Construct {
  readonly bus: EventBus;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly syncEvent: SyncFunction;

  constructor(scope: Construct, id: string, { system }: LiveEventsProps) {
    super(scope, id);
    const { key } = system.encryption;
    const sync = syncRecords(this, system, 'PutProfileObject');
    this.deadLetterQueue = keptQueue(this, 'DeadLetterQueue', key);
    this.queue = keptQueue(this, 'LiveQueue', key, {
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });

    this.bus = new EventBus(this, 'EventBus', { eventBusName: system.name });
    new Rule(this, 'CustomerChanged', {
      description: 'Puts every event of the bus into the live queue; SyncEvent says which it can not read.',
      eventBus: this.bus,
      eventPattern: { source: Match.prefix('') },
      targets: [queueTarget(this.queue, this.deadLetterQueue)],
    });

    this.syncEvent = new SyncFunction(this, 'SyncEvent', {
      system,
      folder: 'sync-event',
      description: 'Sends the records of live events to Customer Profiles, with a reserved share of the rate budget.',
      readsRecords: true,
      timeout: TIMEOUT,
      memoryMiB: WORKER_MIB,
      environment: {
        ...sync.environment,
        LIVE_QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
      },
      permissions: [
        ...sync.permissions,
        ...pollMessages(this.queue, 'sqs:ChangeMessageVisibility'),
        ...sendMessages(this.deadLetterQueue),
      ],
      unused: sync.unused ?? [],
    });
    new EventSourceMapping(this, 'Poller', {
      target: this.syncEvent.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: LIVE_BATCH_SIZE,
      maxConcurrency: system.plan.liveConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
