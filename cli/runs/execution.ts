import { ExecutionDoesNotExist } from '@aws-sdk/client-sfn';

export function executionArnOf(stateMachineArn: string, runId: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
}

/** Undefined if Step Functions does not know the execution: it forgets one 90 days after its end. */
export async function unlessForgotten<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}
