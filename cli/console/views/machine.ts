import { DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import { findExecution } from '../../runs/find-run.ts';
import type { MachineDrawing } from '../api.ts';
import { drawMachine } from '../drawing.ts';
import type { Host } from '../host.ts';
import { FOREVER } from '../run-reads.ts';

/** A run keeps the definition that it was started with, also when it is redriven. */
export function machineView({ stack, recall }: Host, run: string): Promise<MachineDrawing> {
  return recall(`machine ${run}`, FOREVER, async () => {
    const { executionArn } = await findExecution(stack, run);
    const { definition = '' } = await stack.clients.sfn.send(
      new DescribeStateMachineForExecutionCommand({ executionArn }),
    );
    return drawMachine(definition);
  });
}
