import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SyncFunction, TELEMETRY } from './sync-function.ts';
import { MAP_LABEL, STATE_MACHINE_NAME } from './sync-state-machine.ts';
import type { Tables } from './tables.ts';

/** It reads about 50 answers of Step Functions one after the other, most of them in 50 ms. */
const TIMEOUT = Duration.minutes(1);
const MEMORY_MIB = 256;

export interface FailureReportProps {
  readonly stateMachine: IStateMachine;
  readonly tables: Tables;
  readonly alarmTopic: ITopic;
}

/**
 * Tells people of a run that failed, timed out or was stopped, from outside of the state machine: a Catch inside it
 * would let the Map count as done, and nothing could be redriven.
 *
 * An event that three tries of the function could not report is lost: the rule's target has no dead-letter queue yet.
 */
export class FailureReport extends Construct {
  constructor(scope: Construct, id: string, props: FailureReportProps) {
    super(scope, id);
    const { stateMachine, alarmTopic } = props;
    const { run } = props.tables;
    const reportFailure = new SyncFunction(this, 'ReportFailure', {
      folder: 'report-failure',
      description: 'Tells the alarm topic what failed in a run, how far it got and what to do.',
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      environment: { ...TELEMETRY, RUN_TABLE: run.tableName, ALARM_TOPIC_ARN: alarmTopic.topicArn },
      permissions: [
        ...lookAtRuns(Stack.of(this)),
        new PolicyStatement({ actions: ['dynamodb:PutItem', 'dynamodb:Query'], resources: [run.tableArn] }),
        new PolicyStatement({ actions: ['sns:Publish'], resources: [alarmTopic.topicArn] }),
      ],
    });
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
      targets: [new LambdaFunction(reportFailure.lambda)],
    });
  }
}

/**
 * Reading a run, its Map Run and the executions of its chunks.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
function lookAtRuns(stack: Stack): PolicyStatement[] {
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const chunks = `${STATE_MACHINE_NAME}/${MAP_LABEL}:*`;
  return [
    new PolicyStatement({
      actions: ['states:DescribeExecution'],
      resources: [arn('execution', `${STATE_MACHINE_NAME}:*`), arn('execution', chunks)],
    }),
    new PolicyStatement({
      actions: ['states:ListMapRuns'],
      resources: [arn('execution', `${STATE_MACHINE_NAME}:*`)],
    }),
    new PolicyStatement({ actions: ['states:DescribeMapRun'], resources: [arn('mapRun', chunks)] }),
    new PolicyStatement({
      actions: ['states:ListExecutions'],
      // The reference lists both as required, whichever of the two the call names.
      resources: [arn('mapRun', chunks), arn('stateMachine', STATE_MACHINE_NAME)],
    }),
  ];
}
