import { RUNTIME_ERROR, StateFailure } from './errors.ts';
import type { Scope } from './expression.ts';
import type { Fields } from './fields.ts';
import type { Visit } from './visit.ts';

/** How many items of a Map Run may fail; without either, none may. Both may be changed while it runs. */
export interface Tolerance {
  readonly count?: number | undefined;
  /** 0 to 100. */
  readonly percentage?: number | undefined;
}

/** Whether so many failed items of so many are more than one of the two tolerates. */
export function isExceeded({ count, percentage }: Tolerance, failed: number, total: number): boolean {
  if (failed === 0) return false;
  if (count === undefined && percentage === undefined) return true;
  return (count !== undefined && failed > count) || (percentage !== undefined && (failed / total) * 100 > percentage);
}

/** Reads ToleratedFailureCount and ToleratedFailurePercentage. */
export function loadTolerance(fields: Fields): (scope: Scope, visit: Visit) => Promise<Tolerance> {
  const countField = fields.typed('ToleratedFailureCount', 'integer', { min: 0 });
  const percentageField = fields.typed('ToleratedFailurePercentage', 'number', { min: 0, max: 100 });
  return async (scope, visit) => {
    const fault = (what: string) => new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause(what) });
    const count = await countField?.evaluate(scope);
    if (count !== undefined && count < 0) throw fault('ToleratedFailureCount cannot be negative.');
    const percentage = await percentageField?.evaluate(scope);
    if (percentage !== undefined && !(0 <= percentage && percentage <= 100)) {
      throw fault('ToleratedFailurePercentage must be between 0 and 100.');
    }
    return { count, percentage };
  };
}
