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
  /** Domains that the template makes or, as an existing one, names. */
  readonly domains: Set<string>;
  readonly objectTypes: ObjectTypeModel[];
  readonly roles: RoleModel[];
  readonly policies: PolicyModel[];
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
}

export interface RuleModel {
  readonly arn: string;
  /** Its event bus, by name. */
  readonly bus: string;
  readonly pattern: unknown;
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
