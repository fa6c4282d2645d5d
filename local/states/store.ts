import type { Failure } from './errors.ts';
import type { HistoryEvent } from './history.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

export interface NewExecution {
  readonly arn: string;
  readonly name: string;
  /** Of a Map Run's child: `…:stateMachine:NAME/LABEL`. */
  readonly machineArn: string;
  readonly input: string;
  /** Epoch milliseconds. */
  readonly startDate: number;
  /** Set for a child of a Map Run. */
  readonly parent?: { readonly mapRunArn: string; readonly itemIndex: number } | undefined;
}

export interface ExecutionEnd extends Failure {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  /** JSON text, of a SUCCEEDED execution. */
  readonly output?: string | undefined;
  /** Epoch milliseconds. */
  readonly stopDate: number;
}

export interface NewMapRun {
  readonly arn: string;
  readonly executionArn: string;
  /** Of its children. */
  readonly machineArn: string;
  /** Epoch milliseconds. */
  readonly startDate: number;
  /** 0 means no limit of its own. */
  readonly maxConcurrency: number;
}

/**
 * Where executions, their histories and their Map Runs are kept. Every call is written when it returns, so that memory
 * stays flat with any number of children and a process that dies loses nothing that was answered.
 */
export interface ExecutionStore {
  addExecution(execution: NewExecution): void;
  addEvent(executionArn: string, event: HistoryEvent): void;
  endExecution(executionArn: string, end: ExecutionEnd): void;
  addMapRun(run: NewMapRun): void;
  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>, stopDate: number): void;
  /** One item of a Map Run, with the input that its child gets (JSON text). */
  addItem(mapRunArn: string, index: number, input: string): void;
  itemInput(mapRunArn: string, index: number): string;
  /** Outputs (JSON text) of a Map Run's succeeded children, in the order of their items. */
  childOutputs(mapRunArn: string): Iterable<string>;
}
