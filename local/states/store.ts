import type { Failure } from './errors.ts';
import type { HistoryEvent } from './history.ts';
import type { Tolerance } from './tolerance.ts';

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
  readonly tolerance: Tolerance;
}

/** A Map Run as its redrive finds it. */
export interface StoredMapRun {
  readonly maxConcurrency: number;
  readonly tolerance: Tolerance;
  readonly redriveCount: number;
  /** Its children, started or not; undefined if the reading of items broke off. */
  readonly children: number | undefined;
  /** How many of the children were ever started: the first ones. */
  readonly started: number;
}

/** What a child of a Map Run gets: one item, or a batch of them. */
export interface ChildInput {
  /** JSON text. */
  readonly input: string;
  /** How many items it holds. */
  readonly items: number;
}

/** Items of a Map Run by how their children ended. */
export interface ItemCounts {
  readonly total: number;
  /** Of children that FAILED or TIMED_OUT, or were ABORTED. */
  readonly unsuccessful: number;
}

/** A child that was started, for a ResultWriter. */
export interface ChildResult extends NewExecution, Failure {
  readonly status: ExecutionStatus;
  readonly output?: string | undefined;
  readonly stopDate?: number | undefined;
  readonly redriveCount: number;
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
  /** The input of one child of a Map Run, before any of them starts. */
  addChildInput(mapRunArn: string, index: number, child: ChildInput): void;
  /** No child will follow. */
  endChildInputs(mapRunArn: string, count: number): void;
  childInput(mapRunArn: string, index: number): ChildInput;
  itemCounts(mapRunArn: string): ItemCounts;
  /** A Map Run's children that were started, in the order of their items. */
  childResults(mapRunArn: string): Iterable<ChildResult>;
}
