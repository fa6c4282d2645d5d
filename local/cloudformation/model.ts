import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** What a template asks for, with every intrinsic function resolved: plain data that stack.ts turns into services. */
export interface StackModel {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly buckets: BucketModel[];
  readonly tables: CreateTableCommandInput[];
  readonly functions: FunctionModel[];
  readonly stateMachines: StateMachineModel[];
  readonly rules: RuleModel[];
  /** Event buses beside the default one, by name. */
  readonly eventBuses: string[];
  readonly queues: QueueModel[];
  readonly eventSourceMappings: EventSourceMappingModel[];
  readonly topics: { readonly arn: string }[];
  readonly subscriptions: { readonly topicArn: string; readonly protocol: string; readonly endpoint: string }[];
  /** Domains that the template makes or, as an existing one, names; with the URL of the dead-letter queue that it gives them. */
  readonly domains: Map<string, string | undefined>;
  readonly objectTypes: ObjectTypeModel[];
  readonly roles: RoleModel[];
  readonly policies: PolicyModel[];
  readonly logGroups: LogGroupModel[];
  /** ARNs of the keys that the template makes. */
  readonly keys: string[];
  /** The key that each encrypted resource has, both by their ARNs. */
  readonly keyOf: Map<string, string>;
}

export interface BucketModel {
  readonly name: string;
  readonly versioned: boolean;
  readonly eventBridge: boolean;
}

export interface FunctionModel {
  readonly name: string;
  readonly codeDirectory: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number;
  readonly logGroup: string;
  readonly roleArn: string;
  /** The queue of the events that nobody waited for and the function failed for good. */
  readonly deadLetterArn?: string;
}

export interface StateMachineModel {
  readonly name: string;
  readonly arn: string;
  /** ASL as JSON text, its substitutions made. */
  readonly definition: string;
  readonly roleArn: string;
  /** Whether executions have a log; its lines are not written here. */
  readonly logs?: true;
}

export interface RuleModel {
  readonly arn: string;
  /** Its event bus, by name. */
  readonly bus: string;
  /** A rule has a pattern or a schedule. */
  readonly pattern?: unknown;
  /** Milliseconds from one event of its schedule to the next. */
  readonly everyMs?: number;
  readonly targets: readonly TargetModel[];
}

export interface TargetModel {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string;
  /** The queue of the events that the target did not get. */
  readonly deadLetterArn?: string;
}

export interface QueueModel {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  /** How long a receiver that does not say waits for a message. */
  readonly receiveWaitSeconds: number;
  readonly maxMessageBytes: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
}

/** A function that takes what comes into a queue. */
export interface EventSourceMappingModel {
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** How long a batch that is not full waits for more. */
  readonly batchingWindowSeconds: number;
  /** Batches at once at most. */
  readonly maximumConcurrency: number;
  /** Whether the function says which messages of a batch it failed. */
  readonly reportsFailures: boolean;
}

export interface ObjectTypeModel {
  readonly domainName: string;
  /** The properties of AWS::CustomerProfiles::ObjectType. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface LogGroupModel {
  readonly name: string;
  /** Without the `:*` that stands for its streams. */
  readonly arn: string;
}

export interface RoleModel {
  readonly name: string;
  readonly arn: string;
}

/** A policy document and what it is attached to: roles by name, or the ARN of the resource whose policy it is. */
export interface PolicyModel {
  readonly name: string;
  readonly document: unknown;
  readonly roles: readonly string[];
  readonly resource?: string;
}
