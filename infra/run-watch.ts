import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { allow, useTable } from './permissions.ts';
import type { CheckedSchedule } from './schedule.ts';
import { SyncFunction } from './sync-function.ts';
import type { System } from './system.ts';

/** How often the runs are looked at. The alarms' periods are as long, so that each has a value. */
export const WATCHED_EVERY = Duration.minutes(5);
const TIMEOUT = Duration.minutes(1);
const MEMORY_MIB = 256;
/** An event that could not be delivered for so long is replaced by the next one. */
const TICK_RETRIES = 2;
export interface RunWatchProps {
  readonly system: System;
  readonly stateMachine: IStateMachine;
  readonly schedule: CheckedSchedule;
}

/** Looks at the runs every five minutes: what did not happen, no run can tell. */
export class RunWatch extends Construct {
  readonly lambda: IFunction;

  constructor(scope: Construct, id: string, props: RunWatchProps) {
    super(scope, id);
    const { system, stateMachine, schedule } = props;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${system.name}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const watchRuns = new SyncFunction(this, 'WatchRuns', {
      system,
      folder: 'watch-runs',
      description: 'Tells whether an export is overdue, and whether a run keeps its deadline.',
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      deadLetterQueue: system.failedStarts,
      environment: {
        STATE_MACHINE_ARN: stateMachine.stateMachineArn,
        RUN_TABLE: system.tables.run.tableName,
        EXPORT_BY: schedule.exportBy,
        DONE_BY: schedule.doneBy,
        TIME_ZONE: schedule.timeZone,
        EXPECTED_DAYS: schedule.days.join(','),
      },
      permissions: [
        allow(['states:DescribeStateMachine', 'states:ListExecutions'], stateMachine.stateMachineArn),
        allow(['states:DescribeExecution'], executions),
        ...useTable(system.tables.run, 'dynamodb:Query'),
      ],
    });
    this.lambda = watchRuns.lambda;
    new Rule(this, 'Look', {
      description: 'Has WatchRuns look at the runs.',
      schedule: Schedule.rate(WATCHED_EVERY),
      targets: [
        new LambdaFunction(this.lambda, {
          deadLetterQueue: system.failedStarts,
          maxEventAge: WATCHED_EVERY,
          retryAttempts: TICK_RETRIES,
        }),
      ],
    });
  }
}
