import { createHash } from 'node:crypto';
import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import type { RuleModel, StackModel, TargetModel } from '../cloudformation/model.ts';
import { arn } from '../cloudformation/resource-type.ts';
import { type Access, fromSource, type Principal, type Refusal, refuseNobody } from '../iam/access.ts';
import { SqsError } from '../sqs/errors.ts';
import type { QueueClient } from '../sqs/sqs.ts';
import type { TargetDelivery } from './events.ts';

/** The one call of Step Functions that a rule makes. */
export interface ExecutionStarter {
  startExecution(input: { stateMachineArn: string; name: string; input: string }): unknown;
}

/** The one call of Lambda that a rule makes. */
export interface FunctionInvoker {
  invokeLater(functionArn: string, event: unknown): void;
}

interface Services {
  readonly stepFunctions: ExecutionStarter;
  readonly lambda: FunctionInvoker;
  readonly sqs: Pick<QueueClient, 'send'>;
  readonly refuse?: Refusal;
}

type Rule = Pick<RuleModel, 'arn'>;

const EVENTS = 'events.amazonaws.com';

/** EventBridge was not allowed to deliver an event; the message names action and resource. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
}

/**
 * What a rule's target does with an event: a state machine gets the whole event as its input, by the target's role; a
 * function is invoked with it and not waited for, by the function's own policy; a queue gets it as a message, by the
 * queue's own policy. What the target does not get goes to its dead-letter queue, if it has one.
 *
 * @throws UnsupportedTemplate if the target is anything else
 */
export function targetOf(
  rule: Rule,
  target: TargetModel,
  model: Pick<StackModel, 'stateMachines' | 'functions' | 'queues'>,
  services: Services,
): TargetDelivery {
  const deliver = deliveryTo(rule, target, model, services);
  const { deadLetterArn } = target;
  if (deadLetterArn === undefined) return deliver;
  return async (event) => {
    try {
      await deliver(event);
    } catch (error) {
      const message = { body: JSON.stringify(event), attributes: failure(rule, target, error) };
      services.sqs.send(deadLetterArn, message, { service: EVENTS }, rule.arn);
    }
  };
}

function deliveryTo(
  rule: Rule,
  target: TargetModel,
  { stateMachines, functions, queues }: Pick<StackModel, 'stateMachines' | 'functions' | 'queues'>,
  { stepFunctions, lambda, sqs, refuse = refuseNobody }: Services,
): TargetDelivery {
  const authorize = (who: Principal, access: Access): void => {
    const refusal = refuse(who, access);
    if (refusal) throw new DeliveryRefused(refusal);
  };
  if (stateMachines.some(({ arn }) => arn === target.arn)) {
    const { roleArn } = target;
    if (!roleArn) throw new UnsupportedTemplate(`${rule.arn}: the target ${target.arn} needs a RoleArn.`);
    // As on AWS: the same event delivered twice to one target asks for the same execution.
    const targetPart = uuidOf(`${rule.arn}/${target.id}`);
    return async (event) => {
      const who = { role: roleArn, service: EVENTS, session: targetPart, source: rule.arn };
      authorize(who, { action: 'states:StartExecution', resource: target.arn });
      const name = `${event.id}_${targetPart}`;
      stepFunctions.startExecution({ stateMachineArn: target.arn, name, input: JSON.stringify(event) });
    };
  }
  if (functions.some(({ name }) => arn('lambda', `function:${name}`) === target.arn)) {
    const context = fromSource(rule.arn);
    return async (event) => {
      authorize({ service: EVENTS }, { action: 'lambda:InvokeFunction', resource: target.arn, context });
      lambda.invokeLater(target.arn, event);
    };
  }
  if (queues.some(({ arn }) => arn === target.arn)) {
    return async (event) =>
      sqs.send(target.arn, { body: JSON.stringify(event), attributes: {} }, { service: EVENTS }, rule.arn);
  }
  throw new UnsupportedTemplate(`${rule.arn}: the embedded EventBridge does not support the target ${target.arn}.`);
}

const ACCESS_DENIED: readonly string[] = ['AccessDeniedException', 'KmsAccessDenied'];

/** Attributes of a dead letter. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function failure(rule: Rule, target: TargetModel, error: unknown) {
  const isRefused =
    error instanceof DeliveryRefused || (error instanceof SqsError && ACCESS_DENIED.includes(error.type));
  const values = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.arn,
    ERROR_CODE: isRefused ? 'NO_PERMISSIONS' : 'SDK_CLIENT_ERROR',
    ERROR_MESSAGE: error instanceof Error && error.message ? error.message : 'Unknown error',
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
