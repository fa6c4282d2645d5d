import { fileURLToPath } from 'node:url';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_PREFIX } from './buckets.ts';
import type { SyncFunctions } from './sync-functions.ts';

export const STATE_MACHINE_NAME = 'profile-sync';
/** The Distributed Map's `Label` in the ASL: part of the ARNs of its child executions. */
export const MAP_LABEL = 'SyncChunks';
const DEFINITION = fileURLToPath(new URL('../statemachine/profile-sync.asl.json', import.meta.url));

export interface SyncStateMachineProps {
  readonly functions: SyncFunctions;
  readonly runBucket: IBucket;
  readonly alarmTopic: ITopic;
  readonly maxConcurrency: number;
  readonly rejectedShareThreshold: number;
}

/** The state machine from its file, and the role it runs with. */
export class SyncStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: SyncStateMachineProps) {
    super(scope, id);
    const { functions, runBucket, alarmTopic } = props;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    for (const statement of [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.all.map((each) => each.functionArn),
      }),
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [runBucket.arnForObjects(`${RUN_PREFIX}*/chunks.jsonl`)],
      }),
      new PolicyStatement({ actions: ['sns:Publish'], resources: [alarmTopic.topicArn] }),
      ...mapRunStatements(Stack.of(this)),
    ]) {
      role.addToPolicy(statement);
    }

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: STATE_MACHINE_NAME,
      definitionBody: DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: {
        SplitExportFunctionArn: functions.splitExport.functionArn,
        SyncChunkFunctionArn: functions.syncChunk.functionArn,
        SummarizeRunFunctionArn: functions.summarizeRun.functionArn,
        AlarmTopicArn: alarmTopic.topicArn,
        MaxConcurrency: String(props.maxConcurrency),
        RejectedShareThreshold: String(props.rejectedShareThreshold),
      },
      role,
      logs: {
        // A name under /aws/vendedlogs/ spares the account's log resource policy, which is short of room.
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${STATE_MACHINE_NAME}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
  }
}

/**
 * What a Distributed Map does with child executions of its own state machine, redrive included. The ARNs are built from
 * the name: a reference from the role to the state machine that depends on it would be a circle.
 */
function mapRunStatements(stack: Stack): PolicyStatement[] {
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    new PolicyStatement({
      actions: ['states:StartExecution'],
      resources: [arn('stateMachine', STATE_MACHINE_NAME)],
    }),
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [arn('execution', `${STATE_MACHINE_NAME}:*`)],
    }),
    new PolicyStatement({
      actions: ['states:RedriveExecution'],
      resources: [arn('execution', `${STATE_MACHINE_NAME}/${MAP_LABEL}:*`)],
    }),
  ];
}
