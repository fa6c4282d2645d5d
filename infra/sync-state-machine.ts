import { fileURLToPath } from 'node:url';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN_PREFIX } from '../functions/shared/export/run-files.ts';
import { acknowledge, acknowledgeRuntimeNames } from './acknowledge.ts';
import { stateMachineLogName } from './encryption.ts';
import { allow, getObjects, publish } from './permissions.ts';
import type { SyncFunctions } from './sync-functions.ts';
import type { System } from './system.ts';

/** The Distributed Map's `Label` in the ASL: part of the ARNs of its child executions. */
export const MAP_LABEL = 'SyncChunks';
const DEFINITION = fileURLToPath(new URL('../statemachine/profile-sync.asl.json', import.meta.url));

export interface SyncStateMachineProps {
  readonly system: System;
  readonly functions: SyncFunctions;
  /** Share of rejected rows, 0 to 1, above which the topic gets a warning. */
  readonly rejectedShareWarning: number;
}

/**
 * The state machine from its file, and the role it runs with. It keeps the key that AWS owns: what its states pass are pointers,
 * counts and codes, and with a key of ours its failure events would come without their error.
 */
export class SyncStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: SyncStateMachineProps) {
    super(scope, id);
    const { system, functions } = props;
    const { alarmTopic } = system;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const permissions = [
      allow(['lambda:InvokeFunction'], ...functions.all.map((each) => each.functionArn)),
      ...getObjects(system.buckets.runBucket, [`${RUN_PREFIX}*/chunks.jsonl`]),
      ...publish(alarmTopic),
      ...runMap(Stack.of(this), system.name),
    ];
    for (const statement of permissions) role.addToPolicy(statement);
    acknowledgeRuntimeNames(role, permissions);

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: system.name,
      definitionBody: DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: {
        SplitExportFunctionArn: functions.splitExport.functionArn,
        SyncChunkFunctionArn: functions.syncChunk.functionArn,
        SummarizeRunFunctionArn: functions.summarizeRun.functionArn,
        AlarmTopicArn: alarmTopic.topicArn,
        MaxConcurrency: String(system.plan.maxConcurrency),
        RejectedShareThreshold: String(props.rejectedShareWarning),
      },
      role,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: stateMachineLogName(system.name),
          encryptionKey: system.encryption.key,
          retention: system.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'Step Functions sets up its log delivery with actions of CloudWatch Logs for which AWS has no resource level.',
    );
    acknowledge(
      this.stateMachine,
      'SF1',
      'Errors are logged; all events, of every chunk of every run, stand in the history of the executions for 90 days anyway.',
    );
    acknowledge(
      this.stateMachine,
      'SF2',
      "The history of the executions and the run's own report say where time went; traces would cost two more actions on every resource.",
    );
  }
}

/**
 * What a Distributed Map does with child executions of its own state machine, redrive included. The ARNs are built from
 * the name: a reference from the role to the state machine that depends on it would be a circle.
 */
function runMap(stack: Stack, name: string): PolicyStatement[] {
  const arn = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    allow(['states:StartExecution'], arn('stateMachine', name)),
    allow(['states:DescribeExecution', 'states:StopExecution'], arn('execution', `${name}:*`)),
    allow(['states:RedriveExecution'], arn('execution', `${name}/${MAP_LABEL}:*`)),
  ];
}
