import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LateErrors } from './late-errors.ts';
import type { LiveEvents } from './live-events.ts';
import type { System } from './system.ts';
import { systemMetric } from './system-metric.ts';

const WIDTH = 24;
const HALF = WIDTH / 2;
const HEIGHT = 7;
const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const FROM_ZERO = { min: 0 };

type DashboardSystem = Pick<System, 'name' | 'plan' | 'failedStarts' | 'tables' | 'deletes'>;

export interface DashboardProps {
  readonly system: DashboardSystem;
  readonly alarms: readonly Alarm[];
  readonly live: Pick<LiveEvents, 'queue' | 'deadLetterQueue'>;
  readonly lateErrors: Pick<LateErrors, 'queue' | 'deadLetterQueue'>;
  /** By the names that people know them by. */
  readonly functions: Readonly<Record<string, IFunction>>;
}

/** One page for a night at work. It holds counts, never customer data. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { alarms, functions } = props;
    new CloudWatchDashboard(this, 'Dashboard', {
      // Dashboards have one name for all Regions of an account.
      dashboardName: `${props.system.name}-${Stack.of(this).region}`,
      defaultInterval: Duration.hours(12),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WIDTH, height: 3 })],
        [rate(props.system), throttling(props.system)],
        [outcomes(props.system), liveLatency(props.system)],
        changes(props.system),
        [deadLetters(props), ages(props)],
        [tableUnits(props.system.tables), functionSeconds(functions)],
      ],
    });
  }
}

/** Of batch and live calls together. */
function together(
  system: DashboardSystem,
  what: 'Calls' | 'ThrottledCalls',
  label: string,
  expression: (sum: string) => string,
  period = MINUTE,
): IMetric {
  const sum = (name: string) => systemMetric(system, name, { statistic: 'Sum', period });
  // Ids of metrics must be unique on one graph.
  const [batch, live] = [`batch${what}`, `live${what}`];
  return new MathExpression({
    label,
    expression: expression(`(FILL(${batch}, 0) + FILL(${live}, 0))`),
    usingMetrics: { [batch]: sum(`Batch${what}`), [live]: sum(`Live${what}`) },
    period,
  });
}

function graph(title: string, unit: string, left: IMetric[], more: object = {}): IWidget {
  return new GraphWidget({
    title,
    left,
    leftYAxis: { ...FROM_ZERO, label: unit, showUnits: false },
    width: HALF,
    height: HEIGHT,
    ...more,
  });
}

function rate(system: DashboardSystem): IWidget {
  const { exportApi, exportQuota, quota } = system.plan;
  const limit = systemMetric(system, 'RateLimit', { statistic: 'Minimum', period: MINUTE, label: 'limit in force' });
  const line = (value: number, label: string) => ({ value, label: `${label}: ${value}` });
  const [title, unit] = ['Rate against budget', 'calls per second'] as const;
  if (exportApi === 'PutProfileObject') {
    const calls = together(system, 'Calls', 'calls', (sum) => `${sum} / PERIOD(batchCalls)`);
    return graph(title, unit, [calls, limit], { leftAnnotations: [line(quota, 'quota of the plan')] });
  }
  return graph(
    title,
    unit,
    [perSecond(system, 'BatchCalls', 'exports'), limit, perSecond(system, 'LiveCalls', 'live events')],
    {
      leftAnnotations: [line(exportQuota, 'quota of exports'), line(quota, 'quota of live events')],
    },
  );
}

/** Of exports or of live events alone. */
function perSecond(system: DashboardSystem, name: 'BatchCalls' | 'LiveCalls', label: string): IMetric {
  const id = name === 'BatchCalls' ? 'batchCalls' : 'liveCalls';
  return new MathExpression({
    label,
    expression: `FILL(${id}, 0) / PERIOD(${id})`,
    usingMetrics: { [id]: systemMetric(system, name, { statistic: 'Sum', period: MINUTE }) },
    period: MINUTE,
  });
}

function throttling(system: DashboardSystem): IWidget {
  const own = (name: string, label: string) => systemMetric(system, name, { statistic: 'Sum', period: MINUTE, label });
  const lines =
    system.plan.exportApi === 'PutProfileObject'
      ? [together(system, 'ThrottledCalls', 'throttled', (sum) => sum)]
      : [own('BatchThrottledCalls', 'exports'), own('LiveThrottledCalls', 'live events')];
  return graph('Throttled calls', 'calls per minute', lines);
}

function outcomes(system: DashboardSystem): IWidget {
  const names = [
    'RowsSynced',
    'RowsUnchanged',
    'RowsStale',
    'RowsRejected',
    ...(system.deletes ? ['RowsDeleted'] : []),
  ];
  return graph(
    'Outcomes of runs (synced: accepted by the service)',
    'rows',
    names.map((name) =>
      systemMetric(system, name, { statistic: 'Sum', period: MINUTE, label: name.slice('Rows'.length).toLowerCase() }),
    ),
    { stacked: true },
  );
}

/** What the mapping lets be done to profiles besides, each at a rate of its own, with the metric that counts its customers. */
const CHANGES = [
  { api: 'UpdateProfile', title: 'Fields to be cleared', metric: 'Clears' },
  { api: 'DeleteProfile', title: 'Customers to be deleted', metric: 'Deletes' },
] as const;

function changes(system: DashboardSystem): IWidget[] {
  const perMinute = (metric: string, label: string) =>
    systemMetric(system, metric, { statistic: 'Sum', period: MINUTE, label });
  return CHANGES.filter(({ api }) => system.plan.rates[api]).map(({ title, metric }) =>
    graph(title, 'customers per minute', [
      perMinute(metric, 'customers'),
      perMinute(`Throttled${metric}`, 'of these, throttled'),
    ]),
  );
}

function liveLatency(system: DashboardSystem): IWidget {
  const latency = (statistic: string, label: string) =>
    systemMetric(system, 'LiveLatency', { statistic, period: MINUTE, label });
  return graph('Live events: from the queue to the answer', 'ms', [latency('p50', 'median'), latency('p99', '99 %')]);
}

function deadLetters({ system, live, lateErrors }: DashboardProps): IWidget {
  const visible = (queue: IQueue, label: string) =>
    queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, label });
  return graph('Put aside', 'messages', [
    visible(live.deadLetterQueue, 'live events'),
    visible(system.failedStarts, 'failed starts'),
    visible(lateErrors.deadLetterQueue, 'unread late errors'),
    ...['LateErrors', 'LateErrorsGivenUp'].map((name) =>
      systemMetric(system, name, { statistic: 'Sum', period: FIVE_MINUTES }),
    ),
  ]);
}

function ages({ system, live, lateErrors }: DashboardProps): IWidget {
  const age = (queue: IQueue, label: string) =>
    queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES, label });
  const returned = (metric: string, label: string) =>
    systemMetric(system, metric, { statistic: 'Maximum', period: FIVE_MINUTES, label });
  return graph('Ages', 'seconds', [
    age(live.queue, 'oldest live event'),
    returned('LiveReturnedAge', 'oldest live event that went back'),
    age(live.deadLetterQueue, 'oldest dead letter'),
    age(lateErrors.queue, 'oldest late error'),
    returned('LateErrorsReturnedAge', 'oldest late error that went back'),
  ]);
}

/** What DynamoDB bills on demand. */
function tableUnits({ ledger, budget, run }: DashboardSystem['tables']): IWidget {
  const consumed = (operation: 'Read' | 'Write') =>
    Object.entries({ ledger, budget, run }).map(
      ([name, table]) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `Consumed${operation}CapacityUnits`,
          dimensionsMap: { TableName: table.tableName },
          statistic: 'Sum',
          period: FIVE_MINUTES,
          label: `${name}: ${operation.toLowerCase()}s`,
        }),
    );
  return graph('Cost: DynamoDB', 'units per 5 minutes', [...consumed('Read'), ...consumed('Write')], { stacked: true });
}

/** What Lambda bills, before it is multiplied by a function's memory. */
function functionSeconds(functions: DashboardProps['functions']): IWidget {
  const durations = Object.entries(functions).map(([label, each]) =>
    each.metricDuration({ statistic: 'Sum', period: FIVE_MINUTES, label }),
  );
  return graph('Cost: Lambda', 'ms per 5 minutes', durations, { stacked: true });
}
