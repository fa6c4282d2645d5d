import { StateFailure } from './errors.ts';
import type { Payload } from './json.ts';

/** Bytes of UTF-8 in the input or output of a state, task or execution. docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

/** Parallel children of one Map Run; also what MaxConcurrency 0 or its absence means. Same page. */
export const MAX_CHILDREN = 10_000;

/** Iterations of an inline Map at once; also what MaxConcurrency 0 or its absence means. docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
export const MAX_ITERATIONS = 40;

/** Bytes of one item that an ItemReader reads. docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
export const MAX_ITEM_BYTES = 8 * 1024 * 1024;

/** Items that an ItemReader reads at most, whatever MaxItems says; and bytes of a CSV object's header. Same page. */
export const MAX_READ_ITEMS = 100_000_000;
export const MAX_HEADER_BYTES = 10 * 1024;

/** How long after its end an execution can be redriven. docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
export const REDRIVABLE_MS = 14 * 24 * 3600 * 1000;

/** How often one Map Run may be redriven. docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html */
export const MAX_MAP_RUN_REDRIVES = 1_000;

/** How long an execution may be open, redrives included. Same page. */
export const MAX_OPEN_MS = 365 * 24 * 3600 * 1000;

/** Events of an execution's history; the last one is its end. docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_EVENTS = 25_000;

/** An execution with so many events can't be redriven: ExecutionRedriven and one more would not fit. Same page. */
export const MAX_REDRIVABLE_EVENTS = MAX_EVENTS - 1;

/** Characters of an error name and of a cause in the service's API (SensitiveError, SensitiveCause). */
export const MAX_ERROR_LENGTH = 256;
export const MAX_CAUSE_LENGTH = 32_768;

/** @throws StateFailure `States.DataLimitExceeded`, naming `subject` (a state, or the function that returned too much). */
export function checkSize(payload: Payload, subject: string): Payload {
  if (Buffer.byteLength(payload.text) > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(subject);
  return payload;
}

export function dataLimitExceeded(subject: string): StateFailure {
  return new StateFailure({
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${subject}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  });
}
