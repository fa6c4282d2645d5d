import { paginateGetExecutionHistory, type SFNClient } from '@aws-sdk/client-sfn';
import type { SplitExportOutput } from '../../functions/shared/contracts.ts';

/** What SplitExport found in the export of a run; undefined if it has not come so far. */
export async function readSplitOutput(sfn: SFNClient, executionArn: string): Promise<SplitExportOutput | undefined> {
  for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
    for (const { stateExitedEventDetails: exited } of events) {
      if (exited?.name === 'SplitExport' && exited.output !== undefined) return JSON.parse(exited.output);
    }
  }
  return undefined;
}
