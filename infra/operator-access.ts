import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EXPORT_PREFIX, RESYNC_PREFIX, RUN_PREFIX } from './buckets.ts';
import { functionLogName } from './encryption.ts';
import { lookAtRuns } from './failure-report.ts';
import { allow, getObjects, listObjects, pollMessages, sendMessages, uploadObjects, useTable } from './permissions.ts';
import type { System } from './system.ts';

/** What a person, or a system beside this one, is allowed. */
export class OperatorAccess extends Construct {
  readonly #system: System;
  readonly #eventBusArn: string;
  readonly #liveQueue: IQueue;
  readonly #deadLetterQueues: readonly IQueue[];

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly system: System;
      readonly eventBusArn: string;
      readonly liveQueue: IQueue;
      /** Of live events, and others that somebody has to look at. */
      readonly deadLetterQueues: readonly IQueue[];
    },
  ) {
    super(scope, id);
    this.#system = props.system;
    this.#eventBusArn = props.eventBusArn;
    this.#liveQueue = props.liveQueue;
    this.#deadLetterQueues = props.deadLetterQueues;
  }

  grantUpload(grantee: IGrantable): void {
    const patterns = [EXPORT_PREFIX, RESYNC_PREFIX].map((prefix) => `${prefix}*`);
    this.#grant(grantee, uploadObjects(this.#system.buckets.exportBucket, ...patterns));
  }

  grantSendEvents(grantee: IGrantable): void {
    this.#grant(grantee, [allow(['events:PutEvents'], this.#eventBusArn)]);
  }

  grantOperate(grantee: IGrantable): void {
    const { name, buckets, tables } = this.#system;
    this.#grant(grantee, [
      ...lookAtRuns(Stack.of(this), name),
      ...this.#changeRuns(),
      ...getObjects(buckets.runBucket, [`${RUN_PREFIX}*`]),
      listObjects(buckets.runBucket, RUN_PREFIX),
      ...useTable(tables.run, 'dynamodb:GetItem', 'dynamodb:Query'),
      ...useTable(tables.ledger, 'dynamodb:BatchGetItem', 'dynamodb:GetItem'),
      ...useTable(tables.budget, 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      ...this.#moveMessages(),
      this.#readLogs(),
    ]);
  }

  #changeRuns(): PolicyStatement[] {
    const { name } = this.#system;
    const runs = this.#arn('states', 'execution', `${name}:*`);
    return [
      allow(['states:StartExecution'], this.#arn('states', 'stateMachine', name)),
      allow(['states:GetExecutionHistory', 'states:RedriveExecution', 'states:StopExecution'], runs),
    ];
  }

  /** Looking at dead letters, deleting them, and moving those of live events back. */
  #moveMessages(): PolicyStatement[] {
    const move = ['sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask'];
    return [
      ...this.#deadLetterQueues.flatMap((queue) => pollMessages(queue, ...move)),
      ...sendMessages(this.#liveQueue),
      allow(['sqs:GetQueueAttributes'], this.#liveQueue.queueArn),
    ];
  }

  #readLogs(): PolicyStatement {
    const logs = this.#arn('logs', 'log-group', functionLogName(this.#system.name, '*'));
    return allow(['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'], logs);
  }

  #arn(service: string, resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }

  #grant(grantee: IGrantable, statements: readonly PolicyStatement[]): void {
    for (const { actions, resources, conditions } of statements) {
      Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions }).assertSuccess();
    }
  }
}
