import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { MappingDefinition } from '../functions/shared/mapping/types.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { Buckets, EXPORT_PREFIX } from './buckets.ts';
import { ExportTrigger } from './export-trigger.ts';
import { FailureReport } from './failure-report.ts';
import { LiveEvents } from './live-events.ts';
import { ObjectType } from './object-type.ts';
import { type ExportSchedule, RunWatch } from './run-watch.ts';
import { TELEMETRY } from './sync-function.ts';
import { SyncFunctions } from './sync-functions.ts';
import { STATE_MACHINE_NAME, SyncStateMachine } from './sync-state-machine.ts';
import { Tables } from './tables.ts';

export interface ProfileSyncStackProps extends StackProps {
  /** An existing Customer Profiles domain. */
  readonly domainName: string;
  /** The mapping, checked, and the file it was read from: the functions get the file as it is. */
  readonly mapping: { readonly path: string; readonly definition: MappingDefinition };
  /** What follows from the quota of calls per second. */
  readonly plan: RatePlan;
  /** Share of rejected rows, 0 to 1, above which the alarm topic gets a notice. */
  readonly rejectedShareThreshold: number;
  /**
   * Who gets the notices by e-mail, once the address has confirmed it.
   * @default - nobody; subscribe to the topic yourself.
   */
  readonly alarmEmail?: string | undefined;
  /**
   * Whether the stack makes the mapping's object type. Say false if it exists already: CloudFormation can't take it over.
   * @default true
   */
  readonly createObjectType?: boolean;
  /**
   * When exports are expected, and by when their runs must be done.
   * @default - nobody watches for what does not come.
   */
  readonly schedule?: ExportSchedule | undefined;
}

/** Everything of connect-profile-sync in one account and Region; the Customer Profiles domain exists before it. */
export class ProfileSyncStack extends Stack {
  constructor(scope: Construct, id: string, props: ProfileSyncStackProps) {
    super(scope, id, props);
    const { domainName, mapping, plan } = props;
    const objectTypeName = mapping.definition.objectType.name;

    const buckets = new Buckets(this, 'Buckets');
    const tables = new Tables(this, 'Tables');
    const alarms = new AlarmTopic(this, 'Alarms', { email: props.alarmEmail });
    if (props.createObjectType ?? true) {
      new ObjectType(this, 'ObjectType', { domainName, definition: mapping.definition });
    }
    const functions = new SyncFunctions(this, 'Functions', {
      buckets,
      tables,
      domainName,
      objectTypeName,
      mappingPath: mapping.path,
      plan,
    });
    const { stateMachine } = new SyncStateMachine(this, 'StateMachine', {
      functions,
      runBucket: buckets.runBucket,
      alarmTopic: alarms.topic,
      maxConcurrency: plan.maxConcurrency,
      rejectedShareThreshold: props.rejectedShareThreshold,
    });
    new ExportTrigger(this, 'ExportTrigger', { exportBucket: buckets.exportBucket, stateMachine });
    new FailureReport(this, 'FailureReport', { stateMachine, tables, alarmTopic: alarms.topic });
    const live = new LiveEvents(this, 'LiveEvents', {
      tables,
      domainName,
      objectTypeName,
      mappingPath: mapping.path,
      plan,
    });
    const failedStarts = new Queue(this, 'FailedStarts', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (props.schedule) {
      new RunWatch(this, 'RunWatch', {
        system: { name: STATE_MACHINE_NAME, tables, telemetry: TELEMETRY, failedStarts },
        stateMachine,
        schedule: props.schedule,
      });
    }
    new Alarms(this, 'Alarm', {
      system: { name: TELEMETRY.POWERTOOLS_SERVICE_NAME, alarmTopic: alarms.topic, failedStarts },
      thresholds: {
        rejectedShareWarning: props.rejectedShareThreshold,
        rejectedShareCritical: 0.1,
        throttledShare: 0.01,
        lateEventAge: Duration.minutes(15),
      },
      live,
      hasSchedule: props.schedule !== undefined,
    });

    const outputs = {
      ExportBucketName: buckets.exportBucket.bucketName,
      ExportPrefix: EXPORT_PREFIX,
      RunBucketName: buckets.runBucket.bucketName,
      StateMachineArn: stateMachine.stateMachineArn,
      LedgerTableName: tables.ledger.tableName,
      BudgetTableName: tables.budget.tableName,
      RunTableName: tables.run.tableName,
      EventBusName: live.bus.eventBusName,
      EventBusArn: live.bus.eventBusArn,
      LiveQueueUrl: live.queue.queueUrl,
      LiveQueueArn: live.queue.queueArn,
      DeadLetterQueueUrl: live.deadLetterQueue.queueUrl,
      DeadLetterQueueArn: live.deadLetterQueue.queueArn,
      AlarmTopicArn: alarms.topic.topicArn,
      DomainName: domainName,
      ObjectTypeName: objectTypeName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
