import { type CataloguedError, remedyFor } from '../run-failure/error-catalogue.ts';
import { REDRIVABLE_DAYS, type WayOut, wayOut } from '../run-failure/way-out.ts';
import type { RunFailed } from './report-data.ts';

const DAY_MS = 86_400_000;

/** What Step Functions calls the end of a run that no error ended. */
const OF_STATUS: Readonly<Record<RunFailed['status'], string>> = {
  FAILED: 'unnamed error',
  TIMED_OUT: 'States.Timeout',
  ABORTED: 'ABORTED',
};

/** Names of the errors that ended the run, the most frequent first; never empty. */
export function errorNames({ status, errors }: RunFailed): readonly [string, ...string[]] {
  const [first, ...rest] = errors.map(({ name }) => name);
  return first === undefined ? [OF_STATUS[status]] : [first, ...rest];
}

/** What the first of the errors means. */
export function mainError(failed: RunFailed): CataloguedError {
  return remedyFor(errorNames(failed)[0]);
}

/** What helps the run: a redrive where that is possible and Step Functions does not refuse it. */
export function remedyOf(failed: RunFailed): WayOut & { readonly refusesRedrive: boolean } {
  const way = wayOut(errorNames(failed));
  const refusesRedrive = way.remedy === 'redrive' && failed.notRedrivable !== undefined;
  return { ...way, remedy: refusesRedrive ? 'upload again' : way.remedy, refusesRedrive };
}

/** Until when Step Functions takes a redrive, epoch milliseconds. */
export function redrivableUntil(endedAt: number): number {
  return endedAt + REDRIVABLE_DAYS * DAY_MS;
}
