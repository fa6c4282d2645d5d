import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_PREFIX } from '../functions/shared/export/run-files.ts';
import { allow, publish, putObjects, useTable } from './permissions.ts';
import { SyncFunction } from './sync-function.ts';
import { MAP_LABEL } from './sync-state-machine.ts';
import type { System } from './system.ts';

/** It reads about 50 answers of Step Functions one after the other, most of them in 50 ms. */
const TIMEOUT = Duration.minutes(1);
/** The notes of a run of 30,000 chunks, with two attempts each, and the report of them. */
const MEMORY_MIB = 1_024;

export interface FailureReportProps {
  readonly system: System;
  readonly stateMachine: IStateMachine;
}

/**
 * Tells people of a run that failed, timed out or was stopped, from outside of the state machine: a Catch inside it
 * would let the Map count as done, and nothing could be redriven. An event that three tries of the function could not report
 * is put aside, as one that could not be delivered to it.
 */
export class FailureReport extends Construct {
  readonly lambda: IFunction;

  constructor(scope: Construct, id: string, { system, stateMachine }: FailureReportProps) {
    super(scope, id);
    const { alarmTopic, failedStarts, plan } = system;
    const { runBucket } = system.buckets;
    const { run } = system.tables;
    const reportFailure = new SyncFunction(this, 'ReportFailure', {
      system,
      folder: 'report-failure',
      description: 'Tells the alarm topic what failed in a run, how far it got and what to do, and writes its report.',
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      deadLetterQueue: failedStarts,
      environment: {
        RUN_TABLE: run.tableName,
        RUN_BUCKET: runBucket.bucketName,
        ALARM_TOPIC_ARN: alarmTopic.topicArn,
        RATE_QUOTA: String(plan.exportQuota),
        ...(plan.recordsPerPermit > 1 && { RECORDS_PER_PERMIT: String(plan.recordsPerPermit) }),
      },
      permissions: [
        ...lookAtRuns(Stack.of(this), system.name),
        ...useTable(run, 'dynamodb:PutItem', 'dynamodb:Query'),
        ...putObjects(runBucket, `${RUN_PREFIX}*/report.html`),
        ...publish(alarmTopic),
      ],
      unused: [
        { action: 'states:ListExecutions', reason: 'AWS lists both as required, whichever of them a call names.' },
      ],
    });
    this.lambda = reportFailure.lambda;
    new Rule(this, 'RunFailed', {
      description: 'Has ReportFailure tell of each run that failed, timed out or was stopped.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          // Exactly this one: the chunks' executions have the ARN with a label behind it.
          stateMachineArn: [stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(this.lambda, { deadLetterQueue: failedStarts })],
    });
  }
}

/**
 * Reading a run, its Map Run and the executions of its chunks.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
export function lookAtRuns(stack: Stack, name: string): PolicyStatement[] {
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const runs = `${name}:*`;
  const chunks = `${name}/${MAP_LABEL}:*`;
  return [
    allow(['states:DescribeExecution'], arn('execution', runs), arn('execution', chunks)),
    allow(['states:ListMapRuns'], arn('execution', runs)),
    allow(['states:DescribeMapRun'], arn('mapRun', chunks)),
    // The reference lists both as required, whichever of the two the call names.
    allow(['states:ListExecutions'], arn('mapRun', chunks), arn('stateMachine', name)),
  ];
}
