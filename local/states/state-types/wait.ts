import { EvaluationFault, RUNTIME_ERROR, StateFailure } from '../errors.ts';
import { leave, loadStateExit } from '../exit.ts';
import type { StateLoader } from '../state.ts';
import type { Visit } from '../visit.ts';

/** The ISO 8601 profile of RFC 3339 that Timestamp takes: `T` and an offset are required. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export const loadWait: StateLoader = (fields, loading) => {
  const exit = loadStateExit(fields, loading);
  const seconds = fields.typed('Seconds', 'integer', { min: 0 });
  const timestamp = fields.typed('Timestamp', 'string');
  if (fields.has('Seconds') === fields.has('Timestamp'))
    fields.fault('Seconds', 'a Wait has either Seconds or Timestamp');
  return {
    type: 'Wait',
    async run(visit) {
      const { clock } = visit.run.machinery;
      const scope = visit.scope();
      const waitMs = seconds
        ? secondsToMs(await seconds.evaluate(scope), visit)
        : parseTimestamp((await timestamp?.evaluate(scope)) ?? '') - clock.now();
      await clock.sleep(Math.max(0, waitMs), visit.run.signal);
      return leave(exit, visit, {}, visit.input);
    },
  };
};

function secondsToMs(seconds: number, visit: Visit): number {
  if (seconds >= 0) return seconds * 1000;
  throw new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause(`Seconds cannot be negative: ${seconds}`) });
}

function parseTimestamp(text: string): number {
  const time = TIMESTAMP.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new EvaluationFault(
    'Timestamp',
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
    { refusedByField: true },
  );
}
