import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { keptQueue } from './kept-queue.ts';
import { domainArn } from './permissions.ts';

/** Six times what the function that reads the queue may take, as AWS advises: a minute. */
export const VISIBILITY_TIMEOUT = Duration.minutes(6);

export interface DomainProps {
  readonly domainName: string;
  /** @default - the domain exists. */
  readonly newDomain?: { readonly defaultExpirationDays: number } | undefined;
  /** Of the queue that is made. */
  readonly key: IKey;
  /** @default - a queue is made. */
  readonly deadLetterQueue?: IQueue | undefined;
}

/** The Customer Profiles domain, if it is made here, and the queue of what it accepted and could not store. */
export class Domain extends Construct {
  readonly deadLetterQueue: IQueue;
  /** Undefined if the domain exists without the stack. */
  readonly resource: CfnResource | undefined;

  constructor(scope: Construct, id: string, props: DomainProps) {
    super(scope, id);
    this.deadLetterQueue = props.deadLetterQueue ?? this.#queue(props);
    if (props.newDomain) this.resource = this.#domain(props.domainName, props.newDomain.defaultExpirationDays);
  }

  #domain(domainName: string, defaultExpirationDays: number): CfnResource {
    const domain = new CfnResource(this, 'Domain', {
      type: 'AWS::CustomerProfiles::Domain',
      properties: {
        DomainName: domainName,
        DefaultExpirationDays: defaultExpirationDays,
        DeadLetterQueueUrl: this.deadLetterQueue.queueUrl,
      },
    });
    // A deleted domain takes all its profiles along.
    domain.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // The service checks that it may send to the queue.
    domain.node.addDependency(this.deadLetterQueue);
    return domain;
  }

  /** Its policy is the one of https://docs.aws.amazon.com/connect/latest/adminguide/cross-service-confused-deputy-prevention.html, read 2026-11. */
  #queue({ key, domainName }: DomainProps): Queue {
    const stack = Stack.of(this);
    const queue = keptQueue(this, 'DeadLetterQueue', key, { visibilityTimeout: VISIBILITY_TIMEOUT });
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('profile.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnEquals: { 'aws:SourceArn': domainArn(stack, domainName) },
        },
      }),
    );
    acknowledge(queue, 'SQS3', 'It is itself a dead-letter queue: that of the Customer Profiles domain.');
    return queue;
  }
}
