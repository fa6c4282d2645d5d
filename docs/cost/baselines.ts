import type { RunUsage } from '../../functions/shared/contracts.ts';
import * as units from './units.ts';

/** What a user would write instead. Every night of it is the same: it knows nothing of the night before. */
export interface Baseline {
  readonly name: string;
  readonly usage: RunUsage;
  /** Of all rows, as if no Lambda had an end. */
  readonly seconds: number;
  /** Rows that one run comes to before its Lambda ends; undefined if it comes to all. */
  readonly reaches?: number;
}

const MIB_PER_GB = 1_024;
const NOTHING = { readUnits: 0, writeUnits: 0, s3Puts: 0, stateTransitions: 0 };
/** The run's Map and its start. */
const MAP_RUN_TRANSITIONS = 2;
const BATCH_STATES = 1;

/** For so many rows, each of them sent. */
export function baselines(rows: number): readonly Baseline[] {
  return [
    inOneLambda('a loop in one Lambda', rows, 1 / units.CALL_SECONDS, units.LOOP_MIB),
    inOneLambda('parallel calls in one Lambda', rows, units.SERVICE_CALLS_PER_SECOND, units.PARALLEL_MIB),
    mapOverRows(rows),
  ];
}

/** As if the file were cut for it into what one Lambda can do. */
function inOneLambda(name: string, rows: number, callsPerSecond: number, mib: number): Baseline {
  const seconds = rows / callsPerSecond;
  const invocations = Math.ceil(seconds / units.LONGEST_LAMBDA_SECONDS);
  return {
    name,
    usage: { ...NOTHING, s3Gets: invocations, invocations, gbSeconds: (seconds * mib) / MIB_PER_GB },
    seconds,
    reaches: Math.min(rows, callsPerSecond * units.LONGEST_LAMBDA_SECONDS),
  };
}

/** With so many batches at once as the service takes. */
function mapOverRows(rows: number): Baseline {
  const batches = Math.ceil(rows / units.ROWS_PER_BATCH);
  const secondsOfBatch =
    (units.ROWS_PER_BATCH / units.BATCH_CALLS_IN_FLIGHT) * units.CALL_SECONDS + units.SECONDS_PER_BATCH;
  return {
    name: 'a Distributed Map over the rows',
    usage: {
      ...NOTHING,
      s3Gets: 1,
      invocations: batches,
      gbSeconds: (batches * secondsOfBatch * units.BATCH_MIB) / MIB_PER_GB,
      stateTransitions: MAP_RUN_TRANSITIONS + batches * (BATCH_STATES + units.TRANSITIONS_PER_CHILD),
    },
    seconds: rows / units.SERVICE_CALLS_PER_SECOND,
  };
}
