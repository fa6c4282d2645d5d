import type { Point } from './expression.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** Older periods that CloudWatch looks at beside those that it evaluates: two in the tables of its documentation. */
export const MORE_PERIODS = 2;

/**
 * The state that an alarm comes to; undefined: it keeps the one that it has.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, read 2026-11. What that page
 * leaves open, breaching values alone that are too few and too new, keeps the state here, too.
 *
 * @param points of the evaluation range, oldest first.
 */
export function evaluated(
  points: readonly Point[],
  alarm: {
    readonly evaluationPeriods: number;
    readonly datapointsToAlarm: number;
    readonly missingData: MissingData;
    readonly isBreaching: (value: number) => boolean;
  },
): AlarmState | undefined {
  const { evaluationPeriods, datapointsToAlarm, missingData, isBreaching } = alarm;
  const newestFirst = points.toReversed();
  // Missing values are filled in only if the real ones of the whole range are too few.
  const real = newestFirst.filter((value) => value !== undefined).slice(0, evaluationPeriods);
  const breaching = real.filter(isBreaching).length;
  const missing = evaluationPeriods - real.length;
  const filled = missingData === 'breaching' ? missing : 0;
  if (breaching + filled >= datapointsToAlarm) return 'ALARM';
  if (missing === 0 || filled > 0 || missingData === 'notBreaching') return 'OK';
  if (real.length === 0) return missingData === 'missing' ? 'INSUFFICIENT_DATA' : undefined;
  if (breaching < real.length) return 'OK';
  const age = newestFirst.findLastIndex((value) => value !== undefined) + 1;
  return missingData === 'missing' && age >= datapointsToAlarm ? 'ALARM' : undefined;
}
