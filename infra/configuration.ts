import { Duration, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { loadMapping } from '../functions/shared/mapping/load.ts';
import type { Mapping, MappingDefinition } from '../functions/shared/mapping/types.ts';
import { DEFAULT_QUOTA_PER_SECOND, type RatePlan, ratePlan } from '../functions/shared/rate-plan.ts';
import { checkGivenBuckets, checkGivenQueue } from './given-resources.ts';
import { otherApis } from './other-apis.ts';
import type { ProfileSyncProps, Retention, Thresholds } from './profile-sync-props.ts';
import { type CheckedSchedule, checkedSchedule } from './schedule.ts';
import { METRICS_NAMESPACE, type Telemetry } from './system.ts';

const DEFAULT_NAME = 'profile-sync';
/** What a state machine, an event bus, a key's alias and a log group all allow, with room for CloudWatch's and IAM's additions. */
const NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;
/** The name of the account's own event bus. */
const TAKEN_NAME = 'default';
/** Customer Profiles API: DomainName. */
export const DOMAIN_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** AWS::CustomerProfiles::Domain: DefaultExpirationDays. */
const MAX_EXPIRATION_DAYS = 1_098;
/** A run lasts up to 7 days and can be redriven for 14 days after its end, always from what it was started with. */
const RUN_AND_REDRIVE = Duration.days(7 + 14);

/** The props with their defaults, and what follows from them. */
export interface Configuration {
  readonly name: string;
  /** Concurrency of the Map never exceeds what is reserved: the children beyond it would only be turned away. */
  readonly plan: RatePlan;
  readonly mapping: Mapping;
  readonly thresholds: Required<Thresholds>;
  readonly retention: Required<Retention>;
  readonly schedule: CheckedSchedule | undefined;
  readonly telemetry: Telemetry;
}

/**
 * Checks the props, one by one and against each other.
 *
 * @throws InvalidConfiguration naming the prop, what it was, what is allowed and what to do; InvalidMapping.
 */
export function configurationOf(props: ProfileSyncProps): Configuration {
  const { name = DEFAULT_NAME, schedule, logLevel = 'INFO' } = props;
  checkKnown(props);
  checkNames(name, props.domainName);
  checkDomain(props);
  checkGivenBuckets(props.exportBucket, props.runBucket);
  checkGivenQueue(props.domainDeadLetterQueue);
  const mapping = loadMapping(props.mappingPath);
  return {
    name,
    plan: planOf(props, mapping.definition),
    mapping,
    thresholds: thresholdsOf(props.thresholds),
    retention: retentionOf(props.retention),
    schedule: schedule && checkedSchedule(schedule),
    telemetry: {
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      POWERTOOLS_LOG_LEVEL: logLevel,
    },
  };
}

/** Plan, policies and names follow from them when the template is made. */
function checkKnown(props: ProfileSyncProps): void {
  const { name, domainName, mappingPath, newDomain, thresholds } = props;
  const { quota, reserve, batchQuota, clearQuota, deleteQuota, reservedConcurrency } = props;
  const numbers = { quota, reserve, batchQuota, clearQuota, deleteQuota, reservedConcurrency };
  const values = { name, domainName, mappingPath, ...numbers, ...newDomain, ...thresholds };
  for (const [prop, value] of Object.entries(values)) {
    if (!Token.isUnresolved(value)) continue;
    throw new InvalidConfiguration(
      `${prop} is known only when the stack is deployed, as a parameter or an attribute of a resource is; the template can't be made without it. Give the value itself.`,
    );
  }
}

function checkNames(name: string, domainName: string): void {
  if (!NAME.test(name) || name === TAKEN_NAME) {
    throw new InvalidConfiguration(
      `name is "${name}"; it must be 1 to 64 letters, digits, hyphens and underscores, begin with a letter and not be "${TAKEN_NAME}".`,
    );
  }
  if (!DOMAIN_NAME.test(domainName)) {
    throw new InvalidConfiguration(
      `domainName is "${domainName}"; a Customer Profiles domain has 1 to 64 letters, digits, hyphens and underscores.`,
    );
  }
}

function checkDomain({ newDomain, createObjectType, domainName }: ProfileSyncProps): void {
  if (!newDomain) return;
  const days = newDomain.defaultExpirationDays;
  if (!Number.isInteger(days) || days < 1 || days > MAX_EXPIRATION_DAYS) {
    throw new InvalidConfiguration(
      `newDomain.defaultExpirationDays is ${days}; it must be a whole number of days from 1 to ${MAX_EXPIRATION_DAYS}.`,
    );
  }
  if (createObjectType === false) {
    throw new InvalidConfiguration(
      `createObjectType is false with newDomain: the new domain ${domainName} has no object type yet. Leave createObjectType out, or use a domain that exists.`,
    );
  }
}

function planOf(props: ProfileSyncProps, definition: MappingDefinition): RatePlan {
  const { quota = DEFAULT_QUOTA_PER_SECOND, reserve, reservedConcurrency } = props;
  const plan = ratePlan(quota, reserve, otherApis(props, definition));
  if (reservedConcurrency === undefined) return plan;
  if (!Number.isInteger(reservedConcurrency) || reservedConcurrency < plan.workersNeeded) {
    throw new InvalidConfiguration(
      `reservedConcurrency is ${reservedConcurrency}; a quota of ${plan.exportQuota} calls per second can't be used by fewer than ${plan.workersNeeded} workers at once. Reserve ${plan.workersNeeded} or more, or lower the quota.`,
    );
  }
  return { ...plan, reservedConcurrency, maxConcurrency: Math.min(plan.maxConcurrency, reservedConcurrency) };
}

function thresholdsOf(given: Thresholds = {}): Required<Thresholds> {
  const rejectedShareWarning = given.rejectedShareWarning ?? 0.01;
  const thresholds = {
    rejectedShareWarning,
    rejectedShareCritical: given.rejectedShareCritical ?? Math.max(0.1, rejectedShareWarning),
    throttledShare: given.throttledShare ?? 0.01,
    lateEventAge: given.lateEventAge ?? Duration.minutes(15),
  };
  const { lateEventAge, ...shares } = thresholds;
  for (const [name, share] of Object.entries(shares)) {
    if (share >= 0 && share <= 1) continue;
    throw new InvalidConfiguration(`thresholds.${name} is ${share}; it is a share, from 0 to 1 (0.01 means 1 %).`);
  }
  if (shares.rejectedShareWarning > shares.rejectedShareCritical) {
    throw new InvalidConfiguration(
      `thresholds.rejectedShareWarning (rejectedShareThreshold in the CDK context) is ${shares.rejectedShareWarning}, above thresholds.rejectedShareCritical, which is ${shares.rejectedShareCritical}; the warning must come first. Lower the one or raise the other.`,
    );
  }
  if (lateEventAge.toSeconds() < 60) {
    throw new InvalidConfiguration(
      `thresholds.lateEventAge is ${lateEventAge.toHumanString()}; it must be a minute or more, as alarms look once a minute.`,
    );
  }
  return thresholds;
}

function retentionOf(given: Retention = {}): Required<Retention> {
  const kept = {
    exports: given.exports ?? Duration.days(90),
    noncurrentExports: given.noncurrentExports ?? Duration.days(30),
    runs: given.runs ?? Duration.days(90),
  };
  for (const [name, time] of Object.entries(kept)) {
    if (time.toSeconds() >= RUN_AND_REDRIVE.toSeconds()) continue;
    throw new InvalidConfiguration(
      `retention.${name} is ${time.toHumanString()}; a run may last 7 days and be redriven for 14 more, and needs its files so long. Give ${RUN_AND_REDRIVE.toDays()} days or more.`,
    );
  }
  return { ...kept, logs: given.logs ?? RetentionDays.THREE_MONTHS };
}
