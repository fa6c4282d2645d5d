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
}
