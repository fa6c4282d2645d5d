import { createHash } from 'node:crypto';
import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { StackModel } from '../cloudformation/model.ts';
import type { TargetDelivery } from './events.ts';

/** The one call of Step Functions that a rule makes. */
export interface ExecutionStarter {
  startExecution(input: { stateMachineArn: string; name: string; input: string }): unknown;
}

/**
 * What a rule's target does with an event: a state machine gets the whole event as its input.
 *
 * @throws UnsupportedTemplate if the target is anything else
 */
export function targetOf(
  ruleName: string,
  target: { readonly id: string; readonly arn: string },
  { stateMachines }: Pick<StackModel, 'stateMachines'>,
  starter: ExecutionStarter,
): TargetDelivery {
  if (!stateMachines.some(({ arn }) => arn === target.arn)) {
    throw new UnsupportedTemplate(`${ruleName}: the embedded EventBridge does not support the target ${target.arn}.`);
  }
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
