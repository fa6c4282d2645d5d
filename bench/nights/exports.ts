import { isDeepStrictEqual } from 'node:util';
import { exportOf } from '../exports.ts';
import { rowsOf, toCsv } from './parts.ts';
import type { Night } from './play.ts';

/** The night after `before` in which those rows change that `changed` has otherwise than `first`. */
function after(before: string, first: string, changed: string): string {
  const was = rowsOf(first);
  const is = rowsOf(changed);
  const rows = rowsOf(before).map((row, index) => {
    const next = is[index] ?? row;
    return isDeepStrictEqual(was[index], next) ? row : next;
  });
  return toCsv(rows);
}

export interface Nights {
  readonly first: Night;
  /** The first export once more. */
  readonly same: Night;
  readonly onePercent: Night;
  /** After the night of one per cent. */
  readonly tenPercent: Night;
  /** The first export, which comes once more when another one was there already. */
  late(holds: Night): Night;
}

export function nightsOf(rows: number): Nights {
  const first = exportOf({ rows });
  const onePercent = exportOf({ rows, night: 2, churn: 1 });
  const tenPercent = after(onePercent, first, exportOf({ rows, night: 2, churn: 10 }));
  return {
    first: { name: 'first night', day: '2025-01-06', csv: first },
    same: { name: 'second night, 0 % changed', day: '2025-01-07', csv: first },
    onePercent: { name: 'second night, 1 % changed', day: '2025-01-08', csv: onePercent },
    tenPercent: { name: 'second night, 10 % changed', day: '2025-01-09', csv: tenPercent },
    late: ({ csv }) => ({ name: 'the first export again, late', day: '2025-01-06', csv: first, holds: csv }),
  };
}
