import { expect, it } from 'vitest';
import { addFailureMetric } from '../../../functions/report-failure/failure-metric.ts';
import type { Reported } from '../../../functions/report-failure/report-failure.ts';
import { CapturedMetrics, valuesOf } from '../../helpers/captured-metrics.ts';

it.each<[Reported, number[]]>([
  ['published', [1]],
  ['published before', []],
  ['not needed: the run was redriven since, or succeeded', []],
])('a failure whose notice is %s counts %o', (reported, counted) => {
  const metrics = new CapturedMetrics();
  addFailureMetric(metrics, reported);
  expect(valuesOf(metrics.take(), 'RunFailed')).toEqual(counted);
});
