import { DescribeExecutionCommand, paginateListExecutions } from '@aws-sdk/client-sfn';
import { runIdOf } from '../../../cli/runs/follow-run.ts';
import type { System } from './system.ts';

export interface Run {
  readonly runId: string;
  readonly executionArn: string;
  readonly status: string;
}

/** Every run so far, the newest first. */
export async function listRuns(system: System): Promise<Run[]> {
  const runs: Run[] = [];
  const machine = { stateMachineArn: system.output('StateMachineArn') };
  for await (const { executions = [] } of paginateListExecutions({ client: system.clients.sfn }, machine)) {
    for (const { executionArn = '', status = '' } of executions) {
      runs.push({ runId: runIdOf(executionArn), executionArn, status });
    }
  }
  return runs;
}

/** The object version that a run is for, and what came out. */
export async function describeRun(system: System, { executionArn }: Run) {
  const { input = '{}', output } = await system.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { detail }: { detail: { object: { key: string; 'version-id': string } } } = JSON.parse(input);
  return { key: detail.object.key, versionId: detail.object['version-id'], output };
}
