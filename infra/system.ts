import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { DeletesDefinition } from '../functions/shared/mapping/types.ts';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import type { Buckets } from './buckets.ts';
import type { Encryption } from './encryption.ts';
import type { LogLevel } from './profile-sync-props.ts';
import type { Tables } from './tables.ts';

/** What every part of one system is built with. */
export interface System {
  /** Of the state machine and the event bus, and the `service` dimension of the metrics. */
  readonly name: string;
  readonly domainName: string;
  readonly objectTypeName: string;
  readonly mappingPath: string;
  /** What exports delete; undefined: nothing. */
  readonly deletes: DeletesDefinition['action'] | undefined;
  /** What follows from the quota of calls per second. */
  readonly plan: RatePlan;
  readonly buckets: Buckets;
  readonly tables: Tables;
  readonly encryption: Encryption;
  readonly alarmTopic: ITopic;
  /** Gets what the system's own triggers could not start. */
  readonly failedStarts: IQueue;
  readonly telemetry: Telemetry;
  readonly logRetention: RetentionDays;
}

/** Environment variables that Powertools reads. A type, not an interface: it is spread into environments. */
export type Telemetry = {
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
  readonly POWERTOOLS_LOG_LEVEL: LogLevel;
};

/** Of all metrics; `service`, their only dimension, tells systems apart. */
export const METRICS_NAMESPACE = 'ConnectProfileSync';
