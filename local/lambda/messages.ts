import type { FunctionError } from '../states/integrations.ts';

/** What the host and the process of an execution environment say to each other over IPC. */

export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Epoch milliseconds at which the function times out. */
  readonly deadline: number;
  readonly functionArn: string;
}

export type EnvironmentMessage =
  /** The handler is imported. */
  | { readonly type: 'ready' }
  /** It could not be imported; the process ends. */
  | { readonly type: 'initFailed'; readonly error: FunctionError }
  /** JSON text of what the handler returned. */
  | { readonly type: 'result'; readonly requestId: string; readonly body: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: FunctionError }
  /** Resident memory in bytes, where the host has no /proc to look at. */
  | { readonly type: 'memory'; readonly bytes: number };
