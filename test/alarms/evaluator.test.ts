import { describe, expect, it } from 'vitest';
import { AlarmEvaluator } from './evaluator.ts';
import { evaluated, type MissingData } from './missing-data.ts';

const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
const KEEPS = undefined;

/** 0 is within the threshold, X breaches it, - is missing; the newest is on the right. */
function statesOf(points: string, datapointsToAlarm: number) {
  const values = points.split(' ').map((point) => ({ '0': 0, X: 1 })[point]);
  const alarm = { evaluationPeriods: 3, datapointsToAlarm, isBreaching: (value: number) => value >= 1 };
  return TREATMENTS.map((missingData) => evaluated(values, { ...alarm, missingData }));
}

describe('missing data, as the tables of CloudWatch’s documentation have it (missing, ignore, breaching, notBreaching)', () => {
  it.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', KEEPS, 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', KEEPS, 'ALARM', 'OK']],
  ])('3 of 3: %s', (points, states) => {
    expect(statesOf(points, 3)).toEqual(states);
  });

  it.each([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', KEEPS, 'ALARM', 'OK']],
  ])('2 of 3: %s', (points, states) => {
    expect(statesOf(points, 2)).toEqual(states);
  });

  it.each(['- - - - X', '- - - X -'])('3 of 3: %s is no alarm yet, since the next value may be fine', (points) => {
    expect(statesOf(points, 3)[0]).not.toBe('ALARM');
  });
});

const ALARM = {
  Namespace: 'N',
  MetricName: 'M',
  Dimensions: [{ Name: 'service', Value: 's' }],
  Period: 60,
  Statistic: 'Maximum',
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 1,
  EvaluationPeriods: 1,
  TreatMissingData: 'ignore',
  AlarmActions: ['topic'],
  OKActions: ['topic'],
};
const datum = (value: number, over: object = {}) => ({
  namespace: 'N',
  name: 'M',
  dimensions: { service: 's' },
  value,
  ...over,
});

describe('an alarm', () => {
  it('acts once on each change of its state', () => {
    const cloudWatch = new AlarmEvaluator({ A: ALARM });
    for (const value of [0, 1, 1, 1, 0, 0]) {
      cloudWatch.put([datum(value)]);
      cloudWatch.pass(60);
    }
    expect(cloudWatch.notices.map(({ time, state }) => [time, state])).toEqual([
      [60, 'OK'],
      [120, 'ALARM'],
      [300, 'OK'],
    ]);
  });

  it('that ignores missing data keeps its state for as long as there is none', () => {
    const cloudWatch = new AlarmEvaluator({ A: ALARM });
    cloudWatch.put([datum(1)]);
    cloudWatch.pass(86_400);
    expect(cloudWatch.stateOf('A')).toBe('ALARM');
    expect(cloudWatch.notices).toHaveLength(1);
  });

  it.each([
    ['namespace', { namespace: 'other' }],
    ['name', { name: 'other' }],
    ['dimension', { dimensions: { service: 'other' } }],
    ['dimension more', { dimensions: { service: 's', run: 'r' } }],
  ])('does not see a metric with another %s', (_, over) => {
    const cloudWatch = new AlarmEvaluator({ A: ALARM });
    cloudWatch.put([datum(1, over)]);
    cloudWatch.pass(60);
    expect(cloudWatch.stateOf('A')).toBe('INSUFFICIENT_DATA');
  });

  it.each([
    ['Maximum', [1, 5, 3], 5],
    ['Minimum', [4, 2, 3], 2],
    ['Sum', [1, 2, 3], 6],
    ['SampleCount', [9, 9], 2],
    ['Average', [1, 2, 6], 3],
  ])('goes by the %s of a period', (Statistic, values, result) => {
    const stateWith = (Threshold: number) => {
      const cloudWatch = new AlarmEvaluator({ A: { ...ALARM, Statistic, Threshold } });
      cloudWatch.put(values.map((value) => datum(value)));
      cloudWatch.pass(60);
      return cloudWatch.stateOf('A');
    };
    expect([stateWith(result), stateWith(result + 0.1)]).toEqual(['ALARM', 'OK']);
  });

  it('of metric math goes by its expression', () => {
    const { Namespace, MetricName, Dimensions, Period, Statistic, ...rest } = ALARM;
    const stat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic };
    const Metrics = [
      { Id: 'e', Expression: 'FILL(m, 0) / 2' },
      { Id: 'm', MetricStat: stat, ReturnData: false },
    ];
    const cloudWatch = new AlarmEvaluator({ A: { ...rest, Metrics } });
    cloudWatch.put([datum(2)]);
    cloudWatch.pass(60);
    expect(cloudWatch.stateOf('A')).toBe('ALARM');
    cloudWatch.pass(60);
    expect(cloudWatch.stateOf('A')).toBe('OK');
  });

  it.each([
    [{ ComparisonOperator: 'LessThanThreshold' }, /LessThanThreshold/],
    [{ Statistic: 'p99' }, /p99/],
    [{ TreatMissingData: 'guess' }, /guess/],
    [{ ThresholdMetricId: 'band' }, /ThresholdMetricId/],
  ])('with %o is refused by name', (over, message) => {
    expect(() => new AlarmEvaluator({ A: { ...ALARM, ...over } })).toThrow(message);
  });
});
