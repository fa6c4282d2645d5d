import type { Item } from './items.ts';
import type { JsonObject, Payload } from './json.ts';

/** Which execution this is, as the context object tells it. */
export interface ExecutionInfo {
  readonly arn: string;
  readonly name: string;
  readonly input: Payload;
  /** Epoch milliseconds. */
  readonly startDate: number;
  readonly roleArn: string;
  readonly redriveCount: number;
  /** Of the last redrive, epoch milliseconds. */
  readonly redriveDate?: number | undefined;
  readonly machineArn: string;
  readonly machineName: string;
}

/** The part of `$states.context` that stays the same through an execution. */
export function executionContext(execution: ExecutionInfo): JsonObject {
  const { redriveDate } = execution;
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.input.value,
      Name: execution.name,
      RoleArn: execution.roleArn,
      StartTime: new Date(execution.startDate).toISOString(),
      RedriveCount: execution.redriveCount,
      ...(redriveDate !== undefined && { RedriveTime: new Date(redriveDate).toISOString() }),
    },
    StateMachine: { Id: execution.machineArn, Name: execution.machineName },
  };
}

/** The part that belongs to one visit of a state. */
export function stateContext(name: string, enteredDate: number, retryCount: number): JsonObject {
  return { Name: name, EnteredTime: new Date(enteredDate).toISOString(), RetryCount: retryCount };
}

/** `$states.context.Map`, which only an ItemSelector can read. */
export function itemContext({ index, key, value, source }: Item & { index: number; source: string }): JsonObject {
  return { Item: { Index: index, ...(key !== undefined && { Key: key }), Value: value, Source: source } };
}
