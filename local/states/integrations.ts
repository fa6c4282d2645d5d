import type { Json } from './json.ts';

/** A function's own error, as Lambda returns it. Without `errorType`, Step Functions calls it `Lambda.Unknown`. */
export interface FunctionError {
  readonly errorType?: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type LambdaResult =
  | { readonly statusCode: 200; readonly executedVersion: string; readonly payload: unknown }
  | { readonly functionError: FunctionError };

export interface InvokeOptions {
  /** Aborted when nobody waits for the answer any more (the task timed out, the execution was stopped). On AWS the function runs on to its end. */
  readonly signal: AbortSignal;
  /** The task's TimeoutSeconds in milliseconds, if it has one. */
  readonly timeoutMs?: number;
}

/** What a Map Run asks of Step Functions itself. */
export type ChildAction = 'StartExecution' | 'DescribeExecution' | 'StopExecution' | 'RedriveExecution';

/** The services that tasks and item readers call. A service's refusal is thrown as `IntegrationError`. */
export interface Integrations {
  invokeLambda(functionArnOrName: string, payload: Json, options: InvokeOptions): Promise<LambdaResult>;
  publish(message: {
    readonly TopicArn: string;
    readonly Subject?: string;
    readonly Message: string;
  }): Promise<{ readonly MessageId: string }>;
  readObject(object: {
    readonly Bucket: string;
    readonly Key: string;
    readonly VersionId?: string;
  }): AsyncIterable<Buffer>;
  /** For a Map's ResultWriter; a host without it runs no such Map. */
  writeObject?(object: {
    readonly Bucket: string;
    readonly Key: string;
    readonly Body: Iterable<string>;
  }): Promise<void>;
  /** The same calls, made by this role for this state machine. Absent where nobody asks who calls. */
  withRole?(roleArn: string, machineArn: string): Integrations;
  /** @throws StateFailure `States.Permissions` if the role may not. */
  authorizeChildren?(action: ChildAction, arn: string): void;
}
