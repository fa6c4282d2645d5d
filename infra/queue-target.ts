import { CfnRule, type IRuleTarget } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/**
 * A queue as the target of a rule, and one for what could not be delivered; each takes messages of that rule alone. CDK's own
 * target would let EventBridge use the key by wildcard, and lets any rule of the account send to an encrypted queue.
 */
export function queueTarget(queue: IQueue, deadLetterQueue: IQueue): IRuleTarget {
  return {
    bind(rule) {
      for (const each of [queue, deadLetterQueue]) letRuleSend(each, CfnRule.arnForRule(rule));
      return { arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn }, targetResource: queue };
    },
  };
}

function letRuleSend(queue: IQueue, ruleArn: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    }),
  );
}
