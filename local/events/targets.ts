import { createHash } from 'node:crypto';
import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { StackModel } from '../cloudformation/model.ts';
import { arn } from '../cloudformation/resource-type.ts';
import type { TargetDelivery } from './events.ts';

/** The one call of Step Functions that a rule makes. */
export interface ExecutionStarter {
  startExecution(input: { stateMachineArn: string; name: string; input: string }): unknown;
}

/** The one call of Lambda that a rule makes. */
export interface FunctionInvoker {
  invokeLater(functionArn: string, event: unknown): void;
}

interface Target {
  readonly id: string;
  readonly arn: string;
}

/**
 * What a rule's target does with an event: a state machine gets the whole event as its input, a function is invoked with
 * it and not waited for.
 *
 * @throws UnsupportedTemplate if the target is anything else
 */
export function targetOf(
  ruleName: string,
  target: Target,
  { stateMachines, functions }: Pick<StackModel, 'stateMachines' | 'functions'>,
  services: { readonly stepFunctions: ExecutionStarter; readonly lambda: FunctionInvoker },
): TargetDelivery {
  if (stateMachines.some(({ arn }) => arn === target.arn)) {
    return startingExecutions(ruleName, target, services.stepFunctions);
  }
  if (functions.some(({ name }) => arn('lambda', `function:${name}`) === target.arn)) {
    return async (event) => services.lambda.invokeLater(target.arn, event);
  }
  throw new UnsupportedTemplate(`${ruleName}: the embedded EventBridge does not support the target ${target.arn}.`);
}

function startingExecutions(ruleName: string, target: Target, starter: ExecutionStarter): TargetDelivery {
  // As on AWS: the same event delivered twice to one target asks for the same execution.
  const targetPart = uuidOf(`${ruleName}/${target.id}`);
  return async (event) => {
    const name = `${event.id}_${targetPart}`;
    await starter.startExecution({ stateMachineArn: target.arn, name, input: JSON.stringify(event) });
  };
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
