import type { MetricValue } from '../helpers/captured-metrics.ts';
import { type Expression, type Point, parseExpression } from './expression.ts';
import { type AlarmState, evaluated, type MissingData, MORE_PERIODS } from './missing-data.ts';

/** CloudWatch evaluates alarms with periods of a minute or more once a minute. */
const EVALUATED_EVERY_S = 60;

/** What an alarm told somebody. */
export interface AlarmNotice {
  /** Seconds. */
  readonly time: number;
  readonly alarm: string;
  readonly state: AlarmState;
  readonly actions: readonly string[];
}

interface Series {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: string;
  readonly period: number;
  readonly statistic: (values: readonly number[]) => number;
}

interface AlarmDefinition {
  readonly series: readonly Series[];
  readonly value: Expression;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  readonly isBreaching: (value: number) => boolean;
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** CloudWatch with the alarms of a template. Time is the test's, in seconds from 0. */
export class AlarmEvaluator {
  readonly notices: AlarmNotice[] = [];
  readonly #alarms = new Map<string, AlarmDefinition>();
  readonly #states = new Map<string, AlarmState>();
  readonly #data: (MetricValue & { readonly time: number; readonly dimensionsKey: string })[] = [];
  #now = 0;

  /**
   * @param alarms `Properties` of each, with references in words.
   * @throws Error naming what of an alarm is not known here.
   */
  constructor(alarms: Readonly<Record<string, unknown>>) {
    for (const [name, properties] of Object.entries(alarms)) {
      this.#alarms.set(name, readAlarm(fieldsOf(properties)));
      this.#states.set(name, 'INSUFFICIENT_DATA');
    }
  }

  get now(): number {
    return this.#now;
  }

  /** Takes values of metrics as of now. */
  put(values: readonly MetricValue[]): void {
    const time = this.#now;
    this.#data.push(...values.map((each) => ({ ...each, time, dimensionsKey: keyOf(each.dimensions) })));
  }

  /** Lets time go by, and evaluates each alarm every minute. */
  pass(seconds: number): void {
    const end = this.#now + seconds;
    for (;;) {
      const next = (Math.floor(this.#now / EVALUATED_EVERY_S) + 1) * EVALUATED_EVERY_S;
      if (next > end) break;
      this.#now = next;
      for (const [name, alarm] of this.#alarms) this.#evaluate(name, alarm);
    }
    this.#now = end;
  }

  stateOf(alarm: string): AlarmState | undefined {
    return this.#states.get(alarm);
  }

  #evaluate(name: string, alarm: AlarmDefinition): void {
    const periods = alarm.evaluationPeriods + MORE_PERIODS;
    const points = Array.from({ length: periods }, (_, n) => this.#point(alarm, periods - 1 - n));
    const state = evaluated(points, alarm);
    if (state === undefined || state === this.#states.get(name)) return;
    this.#states.set(name, state);
    const actions = alarm.actions[state];
    if (actions.length > 0) this.notices.push({ time: this.#now, alarm: name, state, actions });
  }

  /** The alarm's value in the period that ended so many periods ago. */
  #point({ series, value, period }: AlarmDefinition, ago: number): Point {
    const to = this.#now - ago * period;
    return value(Object.fromEntries(series.map((each) => [each.id, this.#statistic(each, to - period, to)])));
  }

  #statistic({ namespace, name, dimensions, statistic }: Series, from: number, to: number): Point {
    const values = this.#data
      .filter((datum) => datum.time >= from && datum.time < to)
      .filter((datum) => datum.namespace === namespace && datum.name === name && datum.dimensionsKey === dimensions)
      .map(({ value }) => value);
    return values.length === 0 ? undefined : statistic(values);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new Error(`${String(value)} should be an object.`);
  return { ...value };
}

function listOf(value: unknown): readonly Fields[] {
  return value === undefined ? [] : [value].flat().map(fieldsOf);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, Series['statistic']>> = {
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  Sum: sum,
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
};

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
};

const MISSING_DATA: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

function readAlarm(properties: Fields): AlarmDefinition {
  const {
    AlarmName: _name,
    AlarmDescription: _description,
    ComparisonOperator,
    Threshold,
    EvaluationPeriods,
    DatapointsToAlarm = EvaluationPeriods,
    TreatMissingData = 'missing',
    AlarmActions,
    OKActions,
    InsufficientDataActions,
    Metrics,
    ...single
  } = properties;
  const compare = COMPARISONS[String(ComparisonOperator)];
  if (!compare) throw new Error(`The comparison ${String(ComparisonOperator)} is not known here.`);
  const missingData = MISSING_DATA.find((each) => each === TreatMissingData);
  if (!missingData) throw new Error(`The treatment ${String(TreatMissingData)} of missing data is not known here.`);
  const { series, value } = Metrics === undefined ? singleMetric(single) : metricMath(Metrics, single);
  const [{ period } = { period: 0 }] = series;
  if (series.some((each) => each.period !== period)) throw new Error('Metrics of one alarm have one period.');
  return {
    series,
    value,
    period,
    evaluationPeriods: Number(EvaluationPeriods),
    datapointsToAlarm: Number(DatapointsToAlarm),
    missingData,
    isBreaching: (each) => compare(each, Number(Threshold)),
    actions: {
      ALARM: [AlarmActions ?? []].flat().map(String),
      OK: [OKActions ?? []].flat().map(String),
      INSUFFICIENT_DATA: [InsufficientDataActions ?? []].flat().map(String),
    },
  };
}

interface Query {
  readonly series: readonly Series[];
  readonly value: Expression;
}

function singleMetric({ Namespace, MetricName, Dimensions, Period, Statistic, ...unknown }: Fields): Query {
  refuseUnknown(unknown);
  const id = 'value';
  const series = seriesOf(id, { Namespace, MetricName, Dimensions }, Period, Statistic);
  return { series: [series], value: (metrics) => metrics[id] };
}

function metricMath(metrics: unknown, more: Fields): Query {
  refuseUnknown(more);
  const series: Series[] = [];
  const expressions: Expression[] = [];
  for (const {
    Id,
    Expression: expression,
    MetricStat,
    ReturnData,
    Label: _label,
    Period: _period,
    ...unknown
  } of listOf(metrics)) {
    refuseUnknown(unknown);
    if (MetricStat !== undefined) {
      const { Metric, Period, Stat, ...rest } = fieldsOf(MetricStat);
      refuseUnknown(rest);
      series.push(seriesOf(String(Id), fieldsOf(Metric), Period, Stat));
    } else if (ReturnData !== false) {
      expressions.push(parseExpression(String(expression)));
    } else throw new Error(`The expression ${String(Id)} is used by another one, which is not known here.`);
  }
  const [value, other] = expressions;
  if (!value || other) throw new Error('An alarm has one expression.');
  return { series, value };
}

function seriesOf(
  id: string,
  { Namespace, MetricName, Dimensions, ...unknown }: Fields,
  period: unknown,
  stat: unknown,
): Series {
  refuseUnknown(unknown);
  const statistic = STATISTICS[String(stat)];
  if (!statistic) throw new Error(`The statistic ${String(stat)} is not known here.`);
  const dimensions = keyOf(Object.fromEntries(listOf(Dimensions).map(({ Name, Value }) => [Name, Value])));
  return {
    id,
    namespace: String(Namespace),
    name: String(MetricName),
    dimensions,
    period: Number(period),
    statistic,
  };
}

function refuseUnknown(fields: Fields): void {
  const [unknown] = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (unknown) throw new Error(`The field ${unknown[0]} of an alarm is not known here.`);
}

function keyOf(dimensions: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
}
