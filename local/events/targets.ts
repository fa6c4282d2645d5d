import { createHash } from 'node:crypto';
import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { StackModel } from '../cloudformation/model.ts';
import { arn } from '../cloudformation/resource-type.ts';
import { type Access, type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
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
  readonly roleArn?: string;
}

interface Services {
  readonly stepFunctions: ExecutionStarter;
  readonly lambda: FunctionInvoker;
  readonly refuse?: Refusal;
}

const EVENTS = 'events.amazonaws.com';

/** EventBridge was not allowed to deliver an event; the message names action and resource. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
}

/**
 * What a rule's target does with an event: a state machine gets the whole event as its input, by the target's role; a
 * function is invoked with it and not waited for, by the function's own policy.
 *
 * @throws UnsupportedTemplate if the target is anything else
 */
export function targetOf(
  ruleName: string,
  target: Target,
  { stateMachines, functions }: Pick<StackModel, 'stateMachines' | 'functions'>,
  { stepFunctions, lambda, refuse = refuseNobody }: Services,
): TargetDelivery {
  const authorize = (who: Principal, access: Access): void => {
    const refusal = refuse(who, access);
    if (refusal) throw new DeliveryRefused(refusal);
  };
  if (stateMachines.some(({ arn }) => arn === target.arn)) {
    const { roleArn } = target;
    if (!roleArn) throw new UnsupportedTemplate(`${ruleName}: the target ${target.arn} needs a RoleArn.`);
    // As on AWS: the same event delivered twice to one target asks for the same execution.
    const targetPart = uuidOf(`${ruleName}/${target.id}`);
    return async (event) => {
      const who = { role: roleArn, service: EVENTS, session: targetPart };
      authorize(who, { action: 'states:StartExecution', resource: target.arn });
      const name = `${event.id}_${targetPart}`;
      stepFunctions.startExecution({ stateMachineArn: target.arn, name, input: JSON.stringify(event) });
    };
  }
  if (functions.some(({ name }) => arn('lambda', `function:${name}`) === target.arn)) {
    const context = { 'aws:sourcearn': arn('events', `rule/${ruleName}`) };
    return async (event) => {
      authorize({ service: EVENTS }, { action: 'lambda:InvokeFunction', resource: target.arn, context });
      lambda.invokeLater(target.arn, event);
    };
  }
  throw new UnsupportedTemplate(`${ruleName}: the embedded EventBridge does not support the target ${target.arn}.`);
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
