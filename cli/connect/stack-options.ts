import { type Command, InvalidArgumentError, Option } from 'commander';
import { BATCH_PERMITS, type BatchPermit } from '../../functions/shared/rate-budget/api-rates.ts';
import { MIN_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';

/** Which stack a command works on. */
export interface StackOptions {
  readonly json?: boolean;
  readonly local?: boolean;
  readonly stack?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly mapping?: string;
}

/** With what the embedded stack is hosted. */
export interface HostOptions {
  readonly quota?: number;
  readonly serviceQuota?: number;
  /** Permits per second of exports in batches. */
  readonly batchQuota?: number;
  readonly batchPermitFor?: BatchPermit;
  readonly fresh?: boolean;
}

/** As they are typed. */
export const HOST_OPTIONS: Readonly<Record<keyof HostOptions, string>> = {
  quota: '--quota',
  serviceQuota: '--service-quota',
  batchQuota: '--batch-quota',
  batchPermitFor: '--batch-permit-for',
  fresh: '--fresh',
};

export const DEFAULT_STACK_NAME = 'ProfileSync';
export const DEFAULT_MAPPING = 'mappings/customer.json';

/** The heading of what comes after these, as commander's own. */
const OWN = 'Options:';

export function withStackOptions(command: Command): Command {
  return command
    .optionsGroup('Stack:')
    .option('--local', 'the embedded stack, whatever AWS is configured')
    .option('--stack <name>', `name of the CloudFormation stack (default: ${DEFAULT_STACK_NAME})`)
    .option('--region <region>', 'AWS Region (default: that of the environment or of the profile)')
    .option('--profile <name>', 'profile of the AWS configuration files')
    .option('--mapping <file>', `the deployed mapping (default: that of the embedded stack; on AWS ${DEFAULT_MAPPING})`)
    .optionsGroup(OWN);
}

export function withHostOptions(command: Command): Command {
  return command
    .optionsGroup('Embedded stack:')
    .option('--quota <n>', 'calls per second, of the rate plan and of the embedded service', callsPerSecond)
    .option('--service-quota <n>', 'calls per second that the embedded service accepts', callsPerSecond)
    .option('--batch-quota <n>', 'send exports in batches, with so many permits per second', callsPerSecond)
    .addOption(
      new Option('--batch-permit-for <what>', 'a record of a batch, or a call: what such a permit is for').choices(
        BATCH_PERMITS,
      ),
    )
    .option('--fresh', 'forget all that the embedded stack holds: profiles, ledger, runs')
    .optionsGroup(OWN);
}

function callsPerSecond(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < MIN_QUOTA_PER_SECOND) {
    throw new InvalidArgumentError(`It must be a whole number, ${MIN_QUOTA_PER_SECOND} or more.`);
  }
  return value;
}
