import { Lazy, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EXPORT_PREFIX } from '../functions/shared/export/export-prefixes.ts';
import { acknowledge } from './acknowledge.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { Buckets } from './buckets.ts';
import { configurationOf } from './configuration.ts';
import { Dashboard } from './dashboard.ts';
import { Domain } from './domain.ts';
import { Encryption } from './encryption.ts';
import { ExportTrigger } from './export-trigger.ts';
import { FailureReport } from './failure-report.ts';
import { keptQueue } from './kept-queue.ts';
import { passesOnTo } from './late-error-readers.ts';
import { LateErrors } from './late-errors.ts';
import { LiveEvents } from './live-events.ts';
import { checkNeighbours, type Neighbour } from './neighbours.ts';
import { ObjectType } from './object-type.ts';
import { erase, grant, operate, readExports, uploadExports } from './operator-access.ts';
import { ratesOfOtherApis } from './other-apis.ts';
import { allow } from './permissions.ts';
import type { ProfileSyncProps } from './profile-sync-props.ts';
import { RunWatch } from './run-watch.ts';
import { scheduleText } from './schedule.ts';
import { SyncFunctions } from './sync-functions.ts';
import { SyncStateMachine } from './sync-state-machine.ts';
import type { System } from './system.ts';
import { Tables } from './tables.ts';

/** The queues of a system, by what waits in them. */
export interface Queues {
  /** Live events until they are synced. */
  readonly live: IQueue;
  /** Live events that could not be synced. */
  readonly deadLetters: IQueue;
  /** Events of exports and failed runs that could start nothing. */
  readonly failedStarts: IQueue;
  /** Records that the domain accepted and could not store. */
  readonly domainDeadLetters: IQueue;
  /** Messages of the domain's queue that are of others, or that nobody could read. */
  readonly unreadLateErrors: IQueue;
}

/**
 * Syncs nightly exports and live events of customers into Amazon Connect Customer Profiles, at the API's rate limit and not
 * faster. One system: one mapping, one object type of one domain.
 *
 * What holds data (buckets, ledger, queues, key, domain, object type) outlives it.
 *
 * @throws InvalidConfiguration, when it is made, if the props do not fit each other or another system of the app.
 * @throws InvalidMapping, when it is made, if the mapping has faults.
 */
export class ProfileSync extends Construct {
  readonly exportBucket: IBucket;
  readonly runBucket: IBucket;
  readonly stateMachine: IStateMachine;
  readonly eventBus: IEventBus;
  readonly queues: Queues;
  readonly tables: { readonly ledger: ITable; readonly budget: ITable; readonly run: ITable };
  readonly alarmTopic: ITopic;
  readonly encryptionKey: IKey;
  /** What the commands need to find the system, by name: for the outputs of your stack. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly #system: System;
  /** Undefined if the constructor threw. */
  readonly #asNeighbour: Neighbour | undefined;

  constructor(scope: Construct, id: string, props: ProfileSyncProps) {
    super(scope, id);
    const { domainName, mappingPath } = props;
    const { name, plan, mapping, telemetry, thresholds, retention, schedule } = configurationOf(props);
    const { definition, hash } = mapping;
    const objectTypeName = definition.objectType.name;

    const encryption = new Encryption(this, 'Encryption', {
      name,
      key: props.encryptionKey,
      domainDeadLetterQueueKey: props.domainDeadLetterQueue?.encryptionMasterKey,
      alarmTopicKey: props.alarmTopic?.masterKey,
    });
    const { key } = encryption;
    const buckets = new Buckets(this, 'Buckets', {
      key,
      retention,
      exportBucket: props.exportBucket,
      runBucket: props.runBucket,
    });
    const tables = new Tables(this, 'Tables', { key, budgetTable: props.budgetTable });
    const { domainDeadLetterQueue, otherLateErrors, newDomain } = props;
    const neighbour: Neighbour = {
      construct: this,
      name,
      domainName,
      makesDomain: newDomain !== undefined,
      objectTypeName,
      plan,
      budgetTable: tables.budget,
      domainDeadLetterQueue,
      otherLateErrors,
    };
    checkNeighbours(neighbour, this.#neighbours());

    const { topic: alarmTopic } = new AlarmTopic(this, 'Alarms', {
      key,
      topic: props.alarmTopic,
      emails: props.alarmEmails ?? [],
    });
    const failedStarts = keptQueue(this, 'FailedStarts', key);
    acknowledge(failedStarts, 'SQS3', 'It is itself a dead-letter queue: that of rules and of a function.');

    const system: System = {
      name,
      domainName,
      objectTypeName,
      mappingPath,
      deletes: definition.deletes?.action,
      plan,
      buckets,
      tables,
      encryption,
      alarmTopic,
      failedStarts,
      telemetry,
      logRetention: retention.logs,
    };
    const lateErrors = new LateErrors(this, 'LateErrors', { system, queue: domainDeadLetterQueue, otherLateErrors });
    this.#asNeighbour = { ...neighbour, domainDeadLetterQueue: lateErrors.queue };
    const domain =
      newDomain && new Domain(this, 'Domain', { domainName, ...newDomain, deadLetterQueue: lateErrors.queue });
    if (props.createObjectType ?? true) {
      new ObjectType(this, 'ObjectType', { domainName, definition, domain: domain?.resource });
    }
    const functions = new SyncFunctions(this, 'Functions', { system });
    const { rejectedShareWarning } = thresholds;
    const { stateMachine } = new SyncStateMachine(this, 'StateMachine', { system, functions, rejectedShareWarning });
    new ExportTrigger(this, 'ExportTrigger', { system, stateMachine });
    const failureReport = new FailureReport(this, 'FailureReport', { system, stateMachine });
    const live = new LiveEvents(this, 'LiveEvents', { system });
    const runWatch = schedule && new RunWatch(this, 'RunWatch', { system, stateMachine, schedule });
    const alarms = new Alarms(this, 'Alarm', {
      system,
      thresholds,
      live,
      lateErrors,
      hasSchedule: schedule !== undefined,
    });
    new Dashboard(this, 'Dashboard', {
      system,
      alarms: alarms.all,
      live,
      lateErrors,
      functions: {
        SplitExport: functions.splitExport.lambda,
        SyncChunk: functions.syncChunk.lambda,
        SummarizeRun: functions.summarizeRun.lambda,
        ReportFailure: failureReport.lambda,
        SyncEvent: live.syncEvent.lambda,
        LateErrors: lateErrors.function.lambda,
        ...(runWatch && { WatchRuns: runWatch.lambda }),
      },
    });

    this.exportBucket = buckets.exportBucket;
    this.runBucket = buckets.runBucket;
    this.stateMachine = stateMachine;
    this.eventBus = live.bus;
    this.queues = {
      live: live.queue,
      deadLetters: live.deadLetterQueue,
      failedStarts,
      domainDeadLetters: lateErrors.queue,
      unreadLateErrors: lateErrors.deadLetterQueue,
    };
    this.tables = tables;
    this.alarmTopic = alarmTopic;
    this.encryptionKey = key;
    this.#system = system;
    this.outputs = {
      ...this.#outputs(),
      Quota: String(plan.quota),
      ...ratesOfOtherApis(plan),
      MappingHash: hash,
      ...(schedule && { Schedule: scheduleText(schedule) }),
      ...(domain ? {} : this.#whatIsLeftToDo()),
    };
  }

  /** Uploading exports; by the commands with `grantOperate`, which finds the bucket. */
  grantUpload(grantee: IGrantable): void {
    grant(grantee, Stack.of(this), uploadExports(this.#system));
  }

  /** Putting live events on the event bus; by the commands with `grantOperate`, which finds the bus. */
  grantSendEvents(grantee: IGrantable): void {
    grant(grantee, Stack.of(this), [allow(['events:PutEvents'], this.eventBus.eventBusArn)]);
  }

  /**
   * What an operator's commands need: start, look at, stop and redrive runs, read their files (customer data), the
   * profile of a customer and the logs, change the rate, look at dead letters and move them back. Not what lists alarms and event source mappings of the
   * whole account: `cloudwatch:DescribeAlarms`, `lambda:ListEventSourceMappings`.
   */
  grantOperate(grantee: IGrantable): void {
    grant(grantee, Stack.of(this), operate(Stack.of(this), this.#system, this.queues));
  }

  /** Reading exports, for `explain --row`, besides `grantOperate`: all customers are in them. */
  grantReadExports(grantee: IGrantable): void {
    grant(grantee, Stack.of(this), readExports(this.#system));
  }

  /**
   * What `forget` needs besides `grantOperate`: delete profiles, profile objects and ledger entries, rewrite rejected files, and
   * delete files of late errors. Nobody else may delete a profile.
   */
  grantErase(grantee: IGrantable): void {
    grant(grantee, Stack.of(this), erase(Stack.of(this), this.#system));
  }

  #neighbours(): Neighbour[] {
    return this.node.root.node
      .findAll()
      .filter((construct) => construct instanceof ProfileSync)
      .filter((other) => other !== this)
      .flatMap((other) => other.#asNeighbour ?? []);
  }

  /**
   * A domain that exists keeps its records that it could not store to itself until somebody runs this once. Whether another system
   * passes them on is known when the template is made, as that one may come later.
   */
  #whatIsLeftToDo(): Record<string, string> {
    const { domainName } = this.#system;
    const queueUrl = this.queues.domainDeadLetters.queueUrl;
    const command = `aws customer-profiles update-domain --domain-name ${domainName} --dead-letter-queue-url ${queueUrl}`;
    const produce = () => {
      const first = this.#neighbours().find((other) => this.#asNeighbour && passesOnTo(other, this.#asNeighbour));
      return first ? `Nothing: ${first.name} passes on what is for this system.` : command;
    };
    return { PointDomainAtQueue: Lazy.string({ produce }) };
  }

  #outputs(): Record<string, string> {
    const { live, deadLetters, failedStarts, domainDeadLetters, unreadLateErrors } = this.queues;
    return {
      ExportBucketName: this.exportBucket.bucketName,
      ExportPrefix: EXPORT_PREFIX,
      RunBucketName: this.runBucket.bucketName,
      StateMachineArn: this.stateMachine.stateMachineArn,
      LedgerTableName: this.tables.ledger.tableName,
      BudgetTableName: this.tables.budget.tableName,
      RunTableName: this.tables.run.tableName,
      EventBusName: this.eventBus.eventBusName,
      EventBusArn: this.eventBus.eventBusArn,
      LiveQueueUrl: live.queueUrl,
      LiveQueueArn: live.queueArn,
      DeadLetterQueueUrl: deadLetters.queueUrl,
      DeadLetterQueueArn: deadLetters.queueArn,
      FailedStartsQueueUrl: failedStarts.queueUrl,
      FailedStartsQueueArn: failedStarts.queueArn,
      DomainDeadLetterQueueUrl: domainDeadLetters.queueUrl,
      DomainDeadLetterQueueArn: domainDeadLetters.queueArn,
      LateErrorsDeadLetterQueueUrl: unreadLateErrors.queueUrl,
      LateErrorsDeadLetterQueueArn: unreadLateErrors.queueArn,
      AlarmTopicArn: this.alarmTopic.topicArn,
      EncryptionKeyArn: this.encryptionKey.keyArn,
      DomainName: this.#system.domainName,
      ObjectTypeName: this.#system.objectTypeName,
    };
  }
}
