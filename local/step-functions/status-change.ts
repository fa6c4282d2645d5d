import { type BusEvent, busEvent } from '../service.ts';
import type { ExecutionRow } from './queries.ts';
import { redriveStatus } from './redrivable.ts';

/** Bytes of input and output together, above which the event leaves them out. docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const MAX_EVENT_DATA_BYTES = 248 * 1024;

/** The event 'Step Functions Execution Status Change' for the execution as it is now. */
export function statusChange(execution: ExecutionRow): BusEvent {
  const { arn, machineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  const { redriveCount, redriveDate } = execution;
  const redrive = redriveStatus(execution);
  const inputIncluded = Buffer.byteLength(input) <= MAX_EVENT_DATA_BYTES;
  const outputIncluded = Buffer.byteLength(input + (output ?? '')) <= MAX_EVENT_DATA_BYTES;
  const detail = {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate,
    stopDate: stopDate ?? null,
    input: inputIncluded ? input : null,
    inputDetails: { included: inputIncluded },
    output: outputIncluded ? (output ?? null) : null,
    outputDetails: output === undefined ? null : { included: outputIncluded },
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    redriveCount,
    redriveDate: redriveDate === undefined ? null : new Date(redriveDate).toISOString(),
    redriveStatus: redrive.status,
    redriveStatusReason: redrive.reason ?? `Execution is ${status} and is redrivable`,
    error: error ?? null,
    cause: cause ?? null,
  };
  return busEvent(
    { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', resources: [arn], detail },
    new Date(stopDate ?? startDate),
  );
}
