import { LOOP, MAP, PARALLEL } from '../../bench/baselines/tuning.ts';
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
/** The Map. */
const MAP_RUN_STATES = 1;
const BATCH_STATES = 1;

/** For so many rows, each of them sent. */
export function baselines(rows: number): readonly Baseline[] {
  return [
    inOneLambda('a loop in one Lambda', rows, 1 / units.CALL_SECONDS, LOOP.memoryMiB),
    inOneLambda('parallel calls in one Lambda', rows, units.SERVICE_CALLS_PER_SECOND, PARALLEL.memoryMiB),
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
  const batches = Math.ceil(rows / MAP.rowsPerBatch);
  const secondsOfBatch = (MAP.rowsPerBatch / MAP.callsInFlight) * units.CALL_SECONDS + units.SECONDS_PER_BATCH;
  return {
    name: 'a Distributed Map over the rows',
    usage: {
      ...NOTHING,
      s3Gets: 1,
      invocations: batches,
      gbSeconds: (batches * secondsOfBatch * MAP.memoryMiB) / MIB_PER_GB,
      stateTransitions:
        MAP_RUN_STATES + units.TRANSITIONS_PER_START + batches * (BATCH_STATES + units.TRANSITIONS_PER_START),
    },
    seconds: rows / units.SERVICE_CALLS_PER_SECOND,
  };
}
