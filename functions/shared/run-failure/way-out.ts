import { type CataloguedError, type Remedy, remedyFor } from './error-catalogue.ts';

/**
 * Days after its end in which Step Functions redrives an execution.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html, read 2026-11.
 */
export const REDRIVABLE_DAYS = 14;

/** What stops a redrive comes first: with one chunk that fails again, so does the run. */
const STRONGEST_FIRST: readonly Remedy[] = ['correct and upload again', 'upload again', 'redrive'];

/** What helps a run as a whole. */
export interface WayOut {
  readonly remedy: Remedy;
  /** Those of its errors that take this remedy. */
  readonly errors: readonly CataloguedError[];
}

/** What helps a run that failed with errors of these names. */
export function wayOut(errorNames: readonly string[]): WayOut {
  const known = errorNames.map(remedyFor);
  const remedy = STRONGEST_FIRST.find((each) => known.some((entry) => entry.remedy === each)) ?? 'redrive';
  return { remedy, errors: known.filter((entry) => entry.remedy === remedy) };
}
