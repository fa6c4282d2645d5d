import { paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import type { SplitExportOutput } from '../../functions/shared/contracts.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { executionArnOf, unlessForgotten } from './execution.ts';

const SPLIT_STATE = 'SplitExport';

/** How a run was cut into chunks; undefined if it was not, or Step Functions no longer knows the run. */
export async function readSplit(
  { clients: { sfn }, outputs }: Pick<ConnectedStack, 'clients' | 'outputs'>,
  runId: string,
): Promise<SplitExportOutput | undefined> {
  const executionArn = executionArnOf(outputs.StateMachineArn, runId);
  return unlessForgotten(async () => {
    // The history of a run is short: its chunks have histories of their own.
    for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
      const exited = events.find(({ stateExitedEventDetails: details }) => details?.name === SPLIT_STATE);
      const output = exited?.stateExitedEventDetails?.output;
      if (output !== undefined) return JSON.parse(output) as SplitExportOutput;
    }
    return undefined;
  });
}
