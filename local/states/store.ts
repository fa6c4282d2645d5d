import type { Failure } from './errors.ts';
import type { HistoryEvent } from './history.ts';

export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type ExecutionStatus = 'RUNNING' | 'PENDING_REDRIVE' | EndStatus;
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
  readonly status: EndStatus;
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

/** A Map Run as its redrive finds it. */
export interface StoredMapRun {
  readonly maxConcurrency: number;
  readonly redriveCount: number;
  /** Undefined if the reading of items broke off. */
  readonly items: number | undefined;
  /** Children that were ever started: those of the first items, in their order. */
  readonly started: number;
}

/** A child that did not succeed and waits for its redrive. */
export interface WaitingChild {
  readonly arn: string;
  readonly name: string;
  readonly itemIndex: number;
  readonly startDate: number;
  /** Of the redrives before. */
  readonly redriveCount: number;
}

/**
 * Where executions, their histories and their Map Runs are kept. Every call is written when it returns, so that memory
 * stays flat with any number of children and a process that dies loses nothing that was answered.
 */
export interface ExecutionStore {
  addExecution(execution: NewExecution): void;
  addEvent(executionArn: string, event: HistoryEvent): void;
  endExecution(executionArn: string, end: ExecutionEnd): void;
  /** An execution's history, oldest first. */
  events(executionArn: string): Iterable<HistoryEvent>;
  /** The execution is RUNNING again. */
  redriveExecution(executionArn: string, redriveCount: number, redriveDate: number): void;
  addMapRun(run: NewMapRun): void;
  mapRun(mapRunArn: string): StoredMapRun;
  /** The Map Run is RUNNING again. */
  redriveMapRun(mapRunArn: string, redriveCount: number, redriveDate: number): void;
  /** Makes PENDING_REDRIVE of the children that did not succeed, in the order of their items; one that can't be redriven any more stays as it is. */
  awaitRedrive(mapRunArn: string): readonly WaitingChild[];
  /** Children that still wait for their redrive are then what they were before. */
  endMapRun(mapRunArn: string, status: Exclude<MapRunStatus, 'RUNNING'>, stopDate: number): void;
  /** One item of a Map Run, with the input that its child gets (JSON text). */
  addItem(mapRunArn: string, index: number, input: string): void;
  /** No item will follow. */
  endItems(mapRunArn: string, count: number): void;
  itemInput(mapRunArn: string, index: number): string;
  /** Outputs (JSON text) of a Map Run's succeeded children, in the order of their items. */
  childOutputs(mapRunArn: string): Iterable<string>;
}
