import { Annotations, ArnFormat, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface EncryptionProps {
  readonly name: string;
  /** @default - a key is made. */
  readonly key?: IKey | undefined;
  /** The key of a dead-letter queue of the domain that is given, if it has one. */
  readonly domainDeadLetterQueueKey?: IKey | undefined;
  /** The key of an alarm topic that is given, if it has one. */
  readonly alarmTopicKey?: IKey | undefined;
}

/** The key of everything that the system makes, and what AWS services may do with it. */
export class Encryption extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, props: EncryptionProps) {
    super(scope, id);
    this.key =
      props.key ??
      new Key(this, 'Key', {
        alias: props.name,
        description: `Data of ${props.name}: exports, rejected rows, ledger, events, notices and logs.`,
        enableKeyRotation: true,
        // What it encrypted outlives the stack and can't be read without it.
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    const statements = serviceStatements(Stack.of(this), props.name);
    const missing = statements.filter((statement) => !this.key.addToResourcePolicy(statement, true).statementAdded);
    if (missing.length > 0) print(scope, missing);
    props.domainDeadLetterQueueKey?.addToResourcePolicy(letDomainReport(), true);
    props.alarmTopicKey?.addToResourcePolicy(letAlarmsPublish(Stack.of(this)), true);
  }
}

function print(system: Construct, statements: readonly PolicyStatement[]): void {
  new CfnOutput(system, 'KeyPolicyStatements', {
    description: 'Statements that the policy of the given key needs.',
    value: Stack.of(system).toJsonString(statements.map((statement) => statement.toStatementJson())),
  });
  Annotations.of(system).addInfo(
    'The policy of an imported key can not be changed from here. Before you deploy, add the statements of the output KeyPolicyStatements to it; without them queues, alarms and logs do not work.',
  );
}

/**
 * What the services need that act under their own name. A key's policy stands before everything that is encrypted with it,
 * so its conditions name accounts and names, never resources of the stack.
 *
 * - https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * - https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * - https://docs.aws.amazon.com/connect/latest/adminguide/cross-service-confused-deputy-prevention.html
 *
 * All read 2026-11.
 */
function serviceStatements(stack: Stack, name: string): PolicyStatement[] {
  return [
    /*
     * Rules to queues, and late errors of the domain to its dead-letter queue. The policies of the queues name rule and domain; here no
     * condition can stand: SNS's guide is quoted to say that source conditions are not supported for EventBridge and encrypted
     * topics, no page was found that says they are for queues or Customer Profiles, and what is refused here is lost without a word.
     * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
     */
    letService('events.amazonaws.com', SEND),
    letDomainReport(),
    letAlarmsPublish(stack),
    letService(`logs.${stack.region}.amazonaws.com`, WRITE_AND_READ_LOGS, {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': [functionLogName(name, '*'), stateMachineLogName(name)].map(
          (resourceName) =>
            stack.formatArn({
              service: 'logs',
              resource: 'log-group',
              resourceName,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
        ),
      },
    }),
  ];
}

function letDomainReport(): PolicyStatement {
  return letService('profile.amazonaws.com', SEND);
}

function letAlarmsPublish(stack: Stack): PolicyStatement {
  return letService('cloudwatch.amazonaws.com', SEND, { StringEquals: { 'aws:SourceAccount': stack.account } });
}

const SEND = ['kms:GenerateDataKey', 'kms:Decrypt'];
/** AWS's page writes `kms:ReEncrypt*`, `kms:GenerateDataKey*` and `kms:Describe*`; these are the actions behind them. */
const WRITE_AND_READ_LOGS = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:DescribeKey',
];

function letService(service: string, actions: string[], conditions: PolicyConditions = {}): PolicyStatement {
  // In the policy of a key, `*` is this key.
  return new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions,
    resources: ['*'],
    conditions,
  });
}

type PolicyConditions = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/** The log group of a function; the key's policy names the groups by their prefix. */
export function functionLogName(name: string, functionName: string): string {
  return `/${name}/${functionName}`;
}

/** A name under /aws/vendedlogs/ spares the account's log resource policy, which is short of room. */
export function stateMachineLogName(name: string): string {
  return `/aws/vendedlogs/states/${name}`;
}
