import { exportCsv } from '../samples/export-csv.ts';

/** An invented export as of a night; `prefix` tells its customers from those of other exports. */
export function exportOf(options: {
  readonly rows: number;
  readonly prefix?: string;
  /** From 1. */
  readonly night?: number;
  /** Per cent of the customers that change from one night to the next. */
  readonly churn?: number;
}): string {
  const { rows, prefix = 'C', night = 1, churn = 1 } = options;
  const text = [...exportCsv({ rows, night, churn, seed: 1 })].join('');
  return prefix === 'C' ? text : text.replaceAll('\nC-', `\n${prefix}-`);
}
