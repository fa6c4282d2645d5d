import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { type RunError, runError } from '../shared/run-failure/run-error.ts';
import { exportOf, type RunExport } from '../shared/run-input.ts';

export type FailedStatus = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** `detail` of the EventBridge event 'Step Functions Execution Status Change', as far as it is read. */
export interface StatusChange {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  /** The rule lets no other through. */
  readonly status: FailedStatus;
  /** How often the run had been redriven when it failed. */
  readonly redriveCount: number;
  readonly redriveStatus?: string | null;
  readonly redriveStatusReason?: string | null;
  /** Epoch milliseconds. */
  readonly startDate: number;
  readonly stopDate: number | null;
  /** These three are left out if the state machine is encrypted with a key of the customer's. */
  readonly input?: string | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/** A run that did not succeed, in what may be told of it: nothing here is customer data. */
export interface FailedRun {
  readonly runId: string;
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: FailedStatus;
  /** Named `ABORTED` for a run that was stopped, whatever its error and cause: those were written by who stopped it. */
  readonly error: RunError;
  readonly redriveCount: number;
  /** Step Functions' reason, if it refuses to redrive the run. */
  readonly notRedrivable?: string;
  readonly startedAt: Date;
  readonly endedAt?: Date;
  /** Absent if the input names none. */
  readonly export?: RunExport;
}

/** @param execution has what the event leaves out; of an earlier moment, perhaps. */
export function failedRun(change: StatusChange, execution: DescribeExecutionCommandOutput): FailedRun {
  const { executionArn, stateMachineArn, status, redriveCount, startDate, stopDate } = change;
  const started = exportOf(change.input ?? execution.input);
  return {
    runId: change.name,
    executionArn,
    stateMachineArn,
    status,
    error: errorOf(status, change.error ?? execution.error, change.cause ?? execution.cause),
    redriveCount,
    ...(change.redriveStatus === 'NOT_REDRIVABLE' && { notRedrivable: change.redriveStatusReason ?? '' }),
    startedAt: new Date(startDate),
    ...(stopDate && { endedAt: new Date(stopDate) }),
    ...(started && { export: started }),
  };
}

function errorOf(status: FailedStatus, error: string | undefined, cause: string | undefined): RunError {
  if (status === 'ABORTED') return { name: 'ABORTED' };
  if (status === 'TIMED_OUT') return { name: 'States.Timeout' };
  return runError(error, cause);
}
