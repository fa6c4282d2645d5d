import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { UserError } from '../user-error.ts';
import { type Clients, createClients } from './clients.ts';
import { checkedOutputs, type StackOutputs } from './connected-stack.ts';
import { DEFAULT_STACK_NAME, type StackOptions } from './stack-options.ts';

/** What a way to a stack gives; its owner closes it. */
export interface Connected {
  readonly clients: Clients;
  readonly outputs: StackOutputs;
  readonly endsWithCommand: boolean;
  /** URL of the embedded stack; absent on AWS. */
  readonly embeddedAt?: string;
  /** The mapping file to use if the user names none. */
  readonly mapping: string | undefined;
  close(): Promise<void>;
}

/** The AWS Region that is configured; undefined if there is none, so that AWS can't be meant. */
export async function configuredRegion({ region, profile }: StackOptions): Promise<string | undefined> {
  const clients = createClients({ ...(region && { region }), ...(profile && { profile }) });
  try {
    return await clients.sfn.config.region();
  } catch {
    return undefined;
  } finally {
    clients.destroy();
  }
}

/** @throws UserError if the stack is not one of this system. */
export async function connectToAws({ profile, stack }: StackOptions, region: string): Promise<Connected> {
  const clients = createClients({ region, ...(profile && { profile }) });
  const StackName = stack ?? DEFAULT_STACK_NAME;
  try {
    const { Stacks = [] } = await clients.cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const outputs = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
    return {
      clients,
      outputs: checkedOutputs(Object.fromEntries(outputs), StackName),
      endsWithCommand: false,
      mapping: undefined,
      async close() {
        clients.destroy();
      },
    };
  } catch (error) {
    clients.destroy();
    if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
    throw new UserError(
      `There is no stack ${StackName} in ${region}. Give its name with --stack, its Region with --region; or work on the embedded stack with --local.`,
    );
  }
}

/** @throws UserError if the file is not the mapping that is deployed; InvalidMapping. */
export function deployedMapping(file: string, { MappingHash }: StackOutputs): ReturnType<typeof loadMapping> {
  const mapping = loadMapping(file);
  if (mapping.hash === MappingHash) return mapping;
  throw new UserError(
    `The mapping ${file} is not the deployed one. Give the file that was deployed with --mapping, or deploy this one first.`,
  );
}
