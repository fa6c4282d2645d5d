import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Of the topic that is made. */
  readonly key: IKey;
  /** @default - a topic is made. */
  readonly topic?: ITopic | undefined;
  /** Get the notices by e-mail, once each address has confirmed it. */
  readonly emails: readonly string[];
}

/** Where notices to people go. They hold counts, ids and addresses of reports, never customer data. */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    this.topic =
      props.topic ??
      new Topic(this, 'AlarmTopic', { displayName: 'Profile sync', enforceSSL: true, masterKey: props.key });
    // A topic with a policy of its own has lost the one by which alarms of its account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    for (const email of props.emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}
