import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DomainProps {
  readonly domainName: string;
  readonly defaultExpirationDays: number;
  /** Gets the records that the domain accepted and could not store. */
  readonly deadLetterQueue: IQueue;
}

/** A Customer Profiles domain of the system's own. */
export class Domain extends Construct {
  readonly resource: CfnResource;

  constructor(scope: Construct, id: string, props: DomainProps) {
    super(scope, id);
    this.resource = new CfnResource(this, 'Domain', {
      type: 'AWS::CustomerProfiles::Domain',
      properties: {
        DomainName: props.domainName,
        DefaultExpirationDays: props.defaultExpirationDays,
        DeadLetterQueueUrl: props.deadLetterQueue.queueUrl,
      },
    });
    // A deleted domain takes all its profiles along.
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    // The service checks that it may send to the queue.
    this.resource.node.addDependency(props.deadLetterQueue);
  }
}
