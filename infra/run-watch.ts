import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnFunction, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { allow } from './permissions.ts';
import { SyncFunction } from './sync-function.ts';
import type { Tables } from './tables.ts';

/** How often the runs are looked at. The alarms' periods are as long, so that each has a value. */
export const WATCHED_EVERY = Duration.minutes(5);
const TIMEOUT = Duration.minutes(1);
const MEMORY_MIB = 256;
/** An event that could not be delivered for so long is replaced by the next one. */
const TICK_RETRIES = 2;
const EVERY_DAY = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

export interface ExportSchedule {
  /** By when an export is expected on each of the days, as `02:00`. */
  readonly exportBy: string;
  /** By when its runs must be done, as `06:00`: the first such time after `exportBy`. */
  readonly doneBy: string;
  /** IANA name, as `Asia/Tokyo`. */
  readonly timeZone: string;
  /**
   * Days of the week on which an export is expected.
   * @default - every day.
   */
  readonly days?: readonly (typeof EVERY_DAY)[number][] | undefined;
}

export interface RunWatchProps {
  readonly system: {
    readonly name: string;
    readonly tables: Pick<Tables, 'run'>;
    readonly telemetry: Readonly<Record<string, string>>;
    /** Gets the looks that failed. */
    readonly failedStarts: IQueue;
  };
  readonly stateMachine: IStateMachine;
  readonly schedule: ExportSchedule;
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
      folder: 'watch-runs',
      description: 'Tells whether an export is overdue, and whether a run keeps its deadline.',
      timeout: TIMEOUT,
      memoryMiB: MEMORY_MIB,
      environment: {
        ...system.telemetry,
        STATE_MACHINE_ARN: stateMachine.stateMachineArn,
        RUN_TABLE: system.tables.run.tableName,
        EXPORT_BY: schedule.exportBy,
        DONE_BY: schedule.doneBy,
        TIME_ZONE: schedule.timeZone,
        EXPECTED_DAYS: (schedule.days ?? EVERY_DAY).join(','),
      },
      permissions: [
        allow(['states:ListExecutions'], stateMachine.stateMachineArn),
        allow(['states:DescribeExecution'], executions),
        allow(['dynamodb:Query'], system.tables.run.tableArn),
        allow(['sqs:SendMessage'], system.failedStarts.queueArn),
      ],
    });
    this.lambda = watchRuns.lambda;
    sendFailuresTo(system.failedStarts, this.lambda);
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

/** The construct's own `deadLetterQueue` would grant more than the function's role needs. */
function sendFailuresTo(queue: IQueue, { node }: IFunction): void {
  const resource = node.defaultChild;
  if (!(resource instanceof CfnFunction)) throw new TypeError('A Function has no CfnFunction as its default child.');
  resource.deadLetterConfig = { targetArn: queue.queueArn };
}
