import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Clients } from '../../cli/connect/clients.ts';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import type { EmbeddedStack } from '../../local/stack.ts';
import { PRODUCT, synthesize } from '../../local/synth.ts';
import { testTemplate } from '../../test/helpers/stack.ts';
import type { Baseline } from '../baselines/tuning.ts';

/** Something that takes an export to Customer Profiles. */
export interface System {
  readonly name: 'ours' | Baseline;
  /** The cdk.out folder of its template. */
  template(): Promise<string>;
  /** How many runs have ended since the start. */
  ended(stack: EmbeddedStack, clients: Clients): Promise<number>;
}

const TEMPLATES = join(tmpdir(), 'connect-profile-sync-bench-templates');

export const OURS: System = {
  name: 'ours',
  template: () => testTemplate({ quota: DEFAULT_QUOTA_PER_SECOND }),
  ended: endedExecutions,
};

export function baseline(name: Baseline, tuning: Readonly<Record<string, string>> = {}): System {
  const app = { project: PRODUCT.project, file: 'bench/baselines/app.ts' };
  return {
    name,
    template: () => synthesize({ directory: TEMPLATES, app, context: { baseline: name, ...tuning } }),
    ended: name === 'map' ? endedExecutions : endedInvocations,
  };
}

/** @throws Error if one did not succeed: then there is nothing to compare. */
async function endedExecutions({ outputs }: EmbeddedStack, { sfn }: Clients): Promise<number> {
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: outputs.StateMachineArn }));
  const failed = executions.find(({ status }) => status !== 'RUNNING' && status !== 'SUCCEEDED');
  if (failed) throw new Error(`The run ${failed.name} has ended ${failed.status}.`);
  return executions.filter(({ status }) => status === 'SUCCEEDED').length;
}

async function endedInvocations(stack: EmbeddedStack): Promise<number> {
  return stack.usage().lambda[String(stack.outputs.FunctionName)]?.invocations ?? 0;
}
