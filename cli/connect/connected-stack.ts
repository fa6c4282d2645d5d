import type { Clock } from '../../functions/shared/clock.ts';
import type { Mapping } from '../../functions/shared/mapping/types.ts';
import { type ApiName, type OtherApiRates, RECORDS_PER_CALL } from '../../functions/shared/rate-budget/api-rates.ts';
import { UserError } from '../user-error.ts';
import type { Clients } from './clients.ts';

/** What the commands need of a stack, by the names of its outputs. */
const OUTPUTS = [
  'ExportBucketName',
  'ExportPrefix',
  'RunBucketName',
  'StateMachineArn',
  'LedgerTableName',
  'BudgetTableName',
  'RunTableName',
  'EventBusName',
  'LiveQueueUrl',
  'DeadLetterQueueUrl',
  'DomainName',
  'ObjectTypeName',
  'Quota',
  'MappingHash',
] as const;

export type StackOutputs = Readonly<Record<(typeof OUTPUTS)[number], string>> & {
  /** JSON: by when exports are expected and done. Absent if the deployment has no schedule. */
  readonly Schedule?: string;
  /** JSON: rates by API. Absent if the deployment calls none but PutProfileObject. */
  readonly RatesOfOtherApis?: string;
};

/** What exports are sent with, and how many of their records go with one permit. */
export interface ExportRate {
  readonly api: ApiName;
  readonly recordsPerPermit: number;
}

/** By the APIs that a deployment uses. */
export type ApiQuotas = Readonly<Partial<Record<ApiName, number>>> & { readonly PutProfileObject: number };

export function ratesOf({
  Quota,
  RatesOfOtherApis = '{}',
}: StackOutputs): Pick<ConnectedStack, 'quotas' | 'exportRate'> {
  const others: OtherApiRates = JSON.parse(RatesOfOtherApis);
  const quotas = Object.entries(others).map(([api, { quota }]) => [api, quota]);
  const batch = others.BatchPutProfileObject;
  return {
    quotas: { PutProfileObject: Number(Quota), ...Object.fromEntries(quotas) },
    exportRate: {
      api: batch ? 'BatchPutProfileObject' : 'PutProfileObject',
      recordsPerPermit: batch?.permitFor === 'call' ? RECORDS_PER_CALL : 1,
    },
  };
}

/** A stack that is there, and how a command works on it. */
export interface ConnectedStack {
  readonly clients: Clients;
  readonly outputs: StackOutputs;
  readonly clock: Clock;
  /** For progress and notes: standard error with `--json`, else standard output. */
  readonly stream: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Calls per second of the deployment's rate plan. */
  readonly quotas: ApiQuotas;
  readonly exportRate: ExportRate;
  /** Where files that are fetched go, in a folder of the run's name. */
  readonly runsFolder: string;
  /** This process hosts the embedded stack: what is at work ends with it. */
  readonly endsWithCommand: boolean;
  /** Of a stack on AWS, if the user gave it. */
  readonly stackName?: string;
  /** URL of the embedded stack; absent on AWS. */
  readonly embeddedAt?: string;
  /**
   * The deployed mapping.
   *
   * @throws UserError if the file at hand is another one; InvalidMapping if it is none.
   */
  mapping(): Mapping;
  /** How the user calls another command on the same stack, e.g. `redrive RUN`; names of runs are shortened. */
  call(command: string): string;
}

/** @throws UserError if an output is missing: then it is not a stack of this system, or an older one. */
export function checkedOutputs(outputs: Readonly<Record<string, string>>, stackName: string): StackOutputs {
  const missing = OUTPUTS.filter((name) => outputs[name] === undefined);
  if (missing.length === 0) return outputs as StackOutputs;
  throw new UserError(
    `The stack ${stackName} has no output ${missing.join(', ')}. Name the stack of this system with --stack; if it is the one, deploy it again: a stack of your own makes an output of each of ProfileSync's outputs (docs/deploy.md).`,
  );
}
