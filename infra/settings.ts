import type { Node } from 'constructs';
import { InvalidConfiguration } from '../functions/shared/errors.ts';
import { DEFAULT_QUOTA_PER_SECOND, type RatePlan, ratePlan } from '../functions/shared/rate-plan.ts';

const DEFAULT_MAPPING = 'mappings/customer.json';
/** A few bad rows are normal; one in a hundred means that somebody should look. */
const DEFAULT_REJECTED_SHARE_THRESHOLD = 0.01;
/** Customer Profiles API: DomainName. */
const DOMAIN_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** No more than a guard against a swapped option; SNS itself asks the address for confirmation. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** What an operator may choose, by `-c name=value` or in cdk.json. */
export interface Settings {
  readonly domainName: string;
  readonly mappingPath: string;
  readonly plan: RatePlan;
  readonly rejectedShareThreshold: number;
  readonly alarmEmail: string | undefined;
  readonly createObjectType: boolean;
}

/**
 * Reads the settings from the CDK context, where the command line gives every value as text.
 *
 * @throws InvalidConfiguration naming the setting, what it was and what is allowed.
 */
export function readSettings(node: Node): Settings {
  const quota = number(node, 'quota');
  return {
    domainName: domainName(node),
    mappingPath: text(node, 'mapping') ?? DEFAULT_MAPPING,
    plan: ratePlan(quota ?? DEFAULT_QUOTA_PER_SECOND, number(node, 'reserve')),
    rejectedShareThreshold: rejectedShareThreshold(node),
    alarmEmail: alarmEmail(node),
    createObjectType: flag(node, 'createObjectType') ?? true,
  };
}

function domainName(node: Node): string {
  const name = text(node, 'domainName');
  if (name === undefined) {
    throw new InvalidConfiguration(
      'The context value domainName is missing: the existing Customer Profiles domain to sync into. For example: npx cdk synth -c domainName=demo',
    );
  }
  if (!DOMAIN_NAME.test(name)) {
    throw new InvalidConfiguration(
      `The context value domainName is "${name}"; a Customer Profiles domain has 1 to 64 letters, digits, hyphens and underscores.`,
    );
  }
  return name;
}

function rejectedShareThreshold(node: Node): number {
  const share = number(node, 'rejectedShareThreshold') ?? DEFAULT_REJECTED_SHARE_THRESHOLD;
  if (share < 0 || share > 1) {
    throw new InvalidConfiguration(
      `The context value rejectedShareThreshold is ${share}; it is a share of the rows, from 0 to 1 (0.01 means 1 %).`,
    );
  }
  return share;
}

function alarmEmail(node: Node): string | undefined {
  const address = text(node, 'alarmEmail');
  if (address !== undefined && !EMAIL.test(address)) {
    throw new InvalidConfiguration(`The context value alarmEmail is "${address}", which is no e-mail address.`);
  }
  return address;
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
