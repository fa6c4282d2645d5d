import type { Node } from 'constructs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { BATCH_PERMITS } from '../functions/shared/rate-budget/api-rates.ts';
import { DOMAIN_NAME } from './configuration.ts';
import type { LogLevel, ProfileSyncProps, Schedule, Thresholds } from './profile-sync-props.ts';
import { WEEKDAYS } from './schedule.ts';

const DEFAULT_MAPPING = 'mappings/customer.json';
/** No more than a guard against a swapped option; SNS itself asks the address for confirmation. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const LOG_LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/**
 * Reads the settings from the CDK context, where the command line gives every value as text (`-c quota=40`).
 *
 * @throws InvalidConfiguration naming the context value, what it was and what is allowed.
 */
export function readSettings(node: Node): ProfileSyncProps {
  return {
    domainName: domainName(node),
    newDomain: newDomain(node),
    createObjectType: flag(node, 'createObjectType'),
    mappingPath: text(node, 'mapping') ?? DEFAULT_MAPPING,
    quota: number(node, 'quota'),
    reserve: number(node, 'reserve'),
    clearQuota: number(node, 'clearQuota'),
    deleteQuota: number(node, 'deleteQuota'),
    batchQuota: number(node, 'batchQuota'),
    batchPermitFor: choices(node, 'batchPermitFor', BATCH_PERMITS)?.[0],
    reservedConcurrency: number(node, 'reservedConcurrency'),
    alarmEmails: alarmEmails(node),
    schedule: schedule(node),
    thresholds: thresholds(node),
    logLevel: choices(node, 'logLevel', LOG_LEVELS)?.[0],
  };
}

function domainName(node: Node): string {
  const name = text(node, 'domainName');
  if (name === undefined) {
    throw new InvalidConfiguration(
      'The context value domainName is missing: the Customer Profiles domain to sync into. For example: npx cdk synth -c domainName=demo',
    );
  }
  if (!DOMAIN_NAME.test(name)) {
    throw new InvalidConfiguration(
      `The context value domainName is "${name}"; a Customer Profiles domain has 1 to 64 letters, digits, hyphens and underscores.`,
    );
  }
  return name;
}

function newDomain(node: Node): ProfileSyncProps['newDomain'] {
  const defaultExpirationDays = number(node, 'defaultExpirationDays');
  if (flag(node, 'createDomain') !== true) {
    if (defaultExpirationDays === undefined) return undefined;
    throw new InvalidConfiguration(
      `The context value defaultExpirationDays is ${defaultExpirationDays}, which is for a new domain only. Leave it out, or add -c createDomain=true.`,
    );
  }
  if (defaultExpirationDays === undefined) {
    throw new InvalidConfiguration(
      'The context value defaultExpirationDays is missing: a new domain lets profiles expire that nobody updated for so many days. For example: -c defaultExpirationDays=366',
    );
  }
  return { defaultExpirationDays };
}

function schedule(node: Node): Schedule | undefined {
  const times = ['exportBy', 'doneBy', 'timeZone'] as const;
  const [exportBy, doneBy, timeZone] = times.map((name) => text(node, name));
  const days = choices(node, 'days', WEEKDAYS);
  if (exportBy !== undefined && doneBy !== undefined && timeZone !== undefined) {
    return { exportBy, doneBy, timeZone, ...(days && { days }) };
  }
  if ([exportBy, doneBy, timeZone, days].every((value) => value === undefined)) return undefined;
  const missing = times.filter((name) => text(node, name) === undefined);
  throw new InvalidConfiguration(
    `The context value ${missing.join(' and ')} is missing; a schedule needs all three, for example: -c exportBy=02:00 -c doneBy=06:00 -c timeZone=Asia/Tokyo`,
  );
}

function thresholds(node: Node): Thresholds {
  return {
    rejectedShareWarning: share(node, 'rejectedShareThreshold'),
    rejectedShareCritical: share(node, 'rejectedShareCritical'),
  };
}

function share(node: Node, name: string): number | undefined {
  const value = number(node, name);
  if (value !== undefined && (value < 0 || value > 1)) {
    throw new InvalidConfiguration(
      `The context value ${name} is ${value}; it is a share of the rows, from 0 to 1 (0.01 means 1 %).`,
    );
  }
  return value;
}

function alarmEmails(node: Node): readonly string[] | undefined {
  const addresses = list(node, 'alarmEmail');
  const wrong = addresses?.find((address) => !EMAIL.test(address));
  if (wrong !== undefined) {
    throw new InvalidConfiguration(`The context value alarmEmail has "${wrong}", which is no e-mail address.`);
  }
  return addresses;
}

function choices<T extends string>(node: Node, name: string, allowed: readonly T[]): readonly T[] | undefined {
  return list(node, name)?.map((value) => {
    const choice = allowed.find((each) => each === value);
    if (choice !== undefined) return choice;
    throw new InvalidConfiguration(`The context value ${name} has "${value}"; allowed are ${allowed.join(', ')}.`);
  });
}

/** Values between commas. */
function list(node: Node, name: string): readonly string[] | undefined {
  return text(node, name)
    ?.split(',')
    .map((value) => value.trim());
}

function text(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name);
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

function number(node: Node, name: string): number | undefined {
  const value = text(node, name);
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (!Number.isFinite(parsed)) {
    throw new InvalidConfiguration(`The context value ${name} is "${value}"; it must be a number.`);
  }
  return parsed;
}

function flag(node: Node, name: string): boolean | undefined {
  const value = text(node, name);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') {
    throw new InvalidConfiguration(`The context value ${name} is "${value}"; it must be true or false.`);
  }
  return value === 'true';
}
