import type { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { BatchPermit } from '../functions/shared/rate-budget/api-rates.ts';

export type { BatchPermit };

export type Weekday = 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** When a night's export is expected, and by when its run must be done. */
export interface Schedule {
  /** By when the night's export is expected: `HH:MM`, on 24 hours. One that comes in the six hours before is the night's. */
  readonly exportBy: string;
  /** By when the run must have ended: `HH:MM`, the first such time after `exportBy`. */
  readonly doneBy: string;
  /** The IANA time zone of both times, for example `Asia/Tokyo`. */
  readonly timeZone: string;
  /**
   * The days on which `exportBy` is expected to hold.
   * @default - every day.
   */
  readonly days?: readonly Weekday[];
}

/** Above which the alarms fire. */
export interface Thresholds {
  /**
   * Share of rejected rows in a run, 0 to 1, above which the alarm topic gets a warning.
   * @default 0.01
   */
  readonly rejectedShareWarning?: number;
  /**
   * Share of rejected rows in a run, 0 to 1, above which the critical alarm fires: as if the mapping did not fit the export.
   * @default 0.1, or the warning's share if that is higher.
   */
  readonly rejectedShareCritical?: number;
  /**
   * Share of throttled calls, 0 to 1, above which the alarm fires after 15 minutes: somebody else uses the quota.
   * @default 0.01
   */
  readonly throttledShare?: number;
  /**
   * How long a live event may wait to be synced before the alarm fires.
   * @default Duration.minutes(15)
   */
  readonly lateEventAge?: Duration;
}

/** How long things are kept. A run may last 7 days and be redriven for 14 more, always from what it was started with. */
export interface Retention {
  /**
   * Exports in the bucket that is made; a given bucket keeps its own rules.
   * @default Duration.days(90)
   */
  readonly exports?: Duration;
  /**
   * Versions of exports that were overwritten or deleted, in the bucket that is made.
   * @default Duration.days(30)
   */
  readonly noncurrentExports?: Duration;
  /**
   * Files of runs, rejected rows among them, in the bucket that is made.
   * @default Duration.days(90)
   */
  readonly runs?: Duration;
  /**
   * Logs, which hold counts and ids and never customer data.
   * @default RetentionDays.THREE_MONTHS - as long as Step Functions keeps its history.
   */
  readonly logs?: RetentionDays;
}

/**
 * Buckets, queue, table and topic that are given keep their own encryption. One that is imported by name or ARN alone says nothing
 * of its key, so the roles get no rights to the key: import it with its key, by the function that its prop names.
 */
export interface ProfileSyncProps {
  /**
   * Name of the state machine, the event bus, the key's alias and the `service` dimension of the metrics; the logs' names begin
   * with it. One of a kind in an account and Region; a changed name replaces the state machine with its history.
   * @default 'profile-sync'
   */
  readonly name?: string;

  /** The Customer Profiles domain to sync into: one that exists, unless `newDomain` is given. */
  readonly domainName: string;

  /**
   * Makes the domain instead of using one that exists. It outlives the stack.
   * @default - the domain exists.
   */
  readonly newDomain?: {
    /** Days after which a profile that nobody updated expires, 1 to 1098; object types may say otherwise for theirs. */
    readonly defaultExpirationDays: number;
  };

  /**
   * The queue that the domain sends records to that it accepted and then could not store. A given queue must hide a message for at least
   * three minutes and keep it for 14 days: that is checked for a queue of the same app, which is also told to let the domain send. An
   * imported one (`Queue.fromQueueAttributes` with `keyArn`) must let `profile.amazonaws.com` send to it, and use its key.
   * @default - a queue is made. A new domain gets it; have one that exists point at it, by the command of the output
   * PointDomainAtQueue. It replaces a queue that the domain has: give that one instead, unless it is
   * another system's.
   */
  readonly domainDeadLetterQueue?: IQueue;

  /**
   * Where late errors of other object types go, as they came: the queue of another system of the domain, which has one dead-letter
   * queue for all. The first system, at whose queue the domain points, gets here what the second has as `domainDeadLetterQueue`.
   * @default - LateErrors' own dead-letter queue.
   */
  readonly otherLateErrors?: IQueue;

  /**
   * Whether the mapping's object type is made. Say false if it exists already: CloudFormation can't take it over.
   * @default true
   */
  readonly createObjectType?: boolean;

  /** Path of the mapping file: says how columns become a profile object, and defines the object type. */
  readonly mappingPath: string;

  /**
   * Calls per second that this system takes of the account's quota for PutProfileObject in the Region.
   * @default 80
   */
  readonly quota?: number;

  /**
   * Calls per second that exports leave to live events while there are any; at most half of the quota.
   * @default - a tenth of the quota.
   */
  readonly reserve?: number;

  /**
   * Customers per second whose emptied fields are cleared, each with one call of SearchProfiles and one of UpdateProfile. Only
   * for a mapping that clears fields.
   * @default 20
   */
  readonly clearQuota?: number;

  /**
   * Customers per second that exports delete, each with a call of SearchProfiles, one of ListProfileObjects and one of DeleteProfile
   * or DeleteProfileObject. Only for a mapping that deletes.
   * @default 20
   */
  readonly deleteQuota?: number;

  /**
   * Sends exports with BatchPutProfileObject, up to ten records in a call, and takes so many permits per second of the account's quota
   * for it in the Region; live events stay with PutProfileObject, to which `quota` then is for alone.
   * @default - exports are sent with PutProfileObject, too.
   */
  readonly batchQuota?: number;

  /**
   * Whether each record of a batch takes a permit of `batchQuota`, or each call: AWS does not say which of them its quota counts. Say
   * `call` once you know that it counts calls.
   * @default 'item'
   */
  readonly batchPermitFor?: BatchPermit;

  /**
   * The table that holds the rate budget, to share one quota among several systems: they take their calls from it together,
   * so all of them are given the same quota and reserve. Its partition key is `id`, a string. To import one:
   * `Table.fromTableAttributes` with `encryptionKey`.
   * @default - a table of its own.
   */
  readonly budgetTable?: ITable;

  /**
   * Lambda concurrency reserved for SyncChunk, the worker of exports. Fewer than the rate needs are refused.
   * @default - enough for four runs side by side at the whole rate.
   */
  readonly reservedConcurrency?: number;

  /**
   * Where exports arrive, under `exports/`. It must be versioned and send its events to EventBridge: that is checked for a bucket of
   * the same app, and can't be seen of an imported one (`Bucket.fromBucketAttributes` with `encryptionKey`). It keeps its own
   * encryption, lifecycle and policy.
   * @default - a bucket is made; it outlives the stack.
   */
  readonly exportBucket?: IBucket;

  /**
   * Where runs leave their files, under `runs/`; not the export bucket. It keeps its own encryption, lifecycle and policy. To import
   * one: `Bucket.fromBucketAttributes` with `encryptionKey`.
   * @default - a bucket is made; it outlives the stack.
   */
  readonly runBucket?: IBucket;

  /**
   * Encrypts what is made: buckets, tables, queues, topic and logs. A key of the same app gets the statements that AWS services need;
   * for an imported one the output KeyPolicyStatements prints them. Its policy must let IAM policies of the account count.
   * @default - a key is made, with yearly rotation; it outlives the stack.
   */
  readonly encryptionKey?: IKey;

  /**
   * Where notices and alarms go. A topic of the same app is told to let alarms of this account publish, its key too; if it has no policy
   * yet, that takes the place of SNS's default one, by which the whole account may publish. An imported one
   * (`Topic.fromTopicAttributes` with `keyArn`) must let `cloudwatch.amazonaws.com` publish, and use its key.
   * @default - a topic is made.
   */
  readonly alarmTopic?: ITopic;

  /**
   * Who gets the notices by e-mail, once the address has confirmed it.
   * @default - nobody; subscribe to the topic yourself.
   */
  readonly alarmEmails?: readonly string[];

  /**
   * When exports are expected and runs must be done.
   * @default - no export is waited for, and no deadline watched.
   */
  readonly schedule?: Schedule;

  /** @default - see each. */
  readonly thresholds?: Thresholds;

  /** @default - see each. */
  readonly retention?: Retention;

  /**
   * What the functions log.
   * @default 'INFO'
   */
  readonly logLevel?: LogLevel;
}
