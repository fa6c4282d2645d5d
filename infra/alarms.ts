import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RatePlan } from '../functions/shared/rate-plan.ts';
import type { LateErrors } from './late-errors.ts';
import type { LiveEvents } from './live-events.ts';
import type { Thresholds } from './profile-sync-props.ts';
import type { System } from './system.ts';
import { systemMetric } from './system-metric.ts';

/** Metrics of a run come once; the next run's must not fall into the same period. */
const ONCE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
/** A storm of throttling is over in less; another application that uses up the quota is not. */
const THROTTLED_PERIODS = 3;
/** A late error waits six minutes at most for the claim of a dead worker. */
const LATE_ERROR_AGE = Duration.minutes(30);
const { NOT_BREACHING: IS_FINE, IGNORE: SAYS_NOTHING } = TreatMissingData;
const RUNBOOK = 'docs/operations.md';

export interface AlarmsProps {
  readonly system: Pick<System, 'name' | 'plan' | 'alarmTopic' | 'failedStarts'>;
  readonly thresholds: Required<Thresholds>;
  readonly live: Pick<LiveEvents, 'queue' | 'deadLetterQueue' | 'syncEvent'>;
  readonly lateErrors: Pick<LateErrors, 'queue' | 'deadLetterQueue' | 'function'>;
  /** Whether WatchRuns looks at the runs: without a schedule nobody knows what is late. */
  readonly hasSchedule: boolean;
}

interface AlarmSpec {
  readonly metric: IMetric;
  /** Fires at this value and above. */
  readonly atLeast?: number;
  /** Fires above this value. */
  readonly above?: number;
  /** @default 1 */
  readonly periods?: number;
  readonly silence: TreatMissingData;
  readonly says: string;
  /** What else tells of the trouble when it begins: then the alarm tells of the recovery alone. */
  readonly toldBy?: string;
}

/** Every alarm of a system. Each is named as its runbook paragraph, and tells the topic of each change between well and not. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.system.alarmTopic);
    this.all = Object.entries(alarmSpecs(props)).map(([name, spec]) => {
      const periods = spec.periods ?? 1;
      const alarm = new Alarm(this, name, {
        alarmName: `${props.system.name}-${name}`,
        alarmDescription: descriptionOf(name, spec),
        metric: spec.metric,
        ...thresholdOf(spec),
        evaluationPeriods: periods,
        datapointsToAlarm: periods,
        treatMissingData: spec.silence,
      });
      alarm.addOkAction(action);
      if (spec.toldBy === undefined) alarm.addAlarmAction(action);
      return alarm;
    });
  }
}

function descriptionOf(name: string, { says, toldBy }: AlarmSpec): string {
  const told = toldBy === undefined ? '' : ` When it begins, ${toldBy} tells of it.`;
  return `${says}${told} What to do: ${RUNBOOK}#${name.toLowerCase()}`;
}

function thresholdOf({ atLeast, above }: AlarmSpec) {
  return above === undefined
    ? {
        threshold: atLeast ?? 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      }
    : { threshold: above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD };
}

function alarmSpecs({ system, thresholds, live, lateErrors, hasSchedule }: AlarmsProps): Record<string, AlarmSpec> {
  const own = (name: string, statistic: string, period: Duration) => systemMetric(system, name, { statistic, period });
  const rejectedShare = own('RejectedShare', 'Maximum', ONCE);
  const visible = (queue: IQueue) => queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES });
  return {
    RunFailed: {
      metric: own('RunFailed', 'Maximum', ONCE),
      atLeast: 1,
      silence: SAYS_NOTHING,
      says: 'A run failed, timed out or was stopped. It recovers with the next run that succeeds, of whatever export.',
      toldBy: 'the notice of ReportFailure',
    },
    RejectedShareWarning: {
      metric: rejectedShare,
      above: thresholds.rejectedShareWarning * 100,
      silence: SAYS_NOTHING,
      says: 'A run rejected more rows than usual. It recovers with the next run that did not, of whatever export.',
      toldBy: 'the notice of the state RaiseAlarm, at the same threshold,',
    },
    RejectedShareCritical: {
      metric: rejectedShare,
      above: thresholds.rejectedShareCritical * 100,
      silence: SAYS_NOTHING,
      says: 'A run rejected so many rows that export or mapping must be wrong. It recovers as RejectedShareWarning does.',
    },
    ...(hasSchedule && {
      ExportOverdue: {
        metric: own('ExportOverdue', 'Maximum', FIVE_MINUTES),
        atLeast: 1,
        silence: SAYS_NOTHING,
        says: 'No export has come by the expected time.',
      },
      DeadlineAtRisk: {
        metric: own('DeadlineAtRisk', 'Maximum', FIVE_MINUTES),
        atLeast: 1,
        silence: SAYS_NOTHING,
        says: 'A run was not done by its deadline, or will not be if it goes on as now.',
      },
    }),
    ThrottledShare: {
      metric: throttledShare(own, system.plan),
      above: thresholds.throttledShare * 100,
      periods: THROTTLED_PERIODS,
      silence: IS_FINE,
      says: 'Customer Profiles throttles calls although they keep to the rate budget: another application uses the quota.',
    },
    DeadLetters: {
      metric: visible(live.deadLetterQueue),
      atLeast: 1,
      silence: IS_FINE,
      says: 'Live events could not be synced. They are in the dead-letter queue.',
    },
    LateEvents: {
      metric: oldest(live.queue, own('LiveReturnedAge', 'Maximum', FIVE_MINUTES)),
      atLeast: thresholds.lateEventAge.toSeconds(),
      silence: IS_FINE,
      says: 'Live events are tried again and again. The log of SyncEvent says why they go back.',
    },
    Crashes: {
      // A crash leaves no other trace: a function emits no metric, and SQS's age leaves out what was received often.
      metric: crashes(live.syncEvent.lambda, lateErrors.function.lambda),
      atLeast: 1,
      silence: IS_FINE,
      says: 'SyncEvent or LateErrors crashed or ran out of time. Their messages come again after minutes; the log says why.',
    },
    LateErrors: {
      metric: own('LateErrors', 'Sum', FIVE_MINUTES),
      atLeast: 1,
      silence: IS_FINE,
      says: 'Customer Profiles accepted records and failed on them later. The next run sends them again.',
    },
    LateErrorsWaiting: {
      metric: oldest(lateErrors.queue, own('LateErrorsReturnedAge', 'Maximum', FIVE_MINUTES)),
      atLeast: LATE_ERROR_AGE.toSeconds(),
      silence: IS_FINE,
      says: "Messages of the domain's dead-letter queue are not dealt with. The log of LateErrors says why.",
    },
    LateErrorsUnread: {
      metric: visible(lateErrors.deadLetterQueue),
      atLeast: 1,
      silence: IS_FINE,
      says: "LateErrors put messages of the domain's dead-letter queue aside: of other object types, or unreadable.",
    },
    FailedStarts: {
      metric: visible(system.failedStarts),
      atLeast: 1,
      silence: IS_FINE,
      says: 'An event of the system reached nobody: an export started no run, or a function failed its event.',
    },
  };
}

type OwnMetric = (name: string, statistic: string, period: Duration) => Metric;

/** In percent of all calls of one quota; of several quotas, of the one of which more are throttled. */
function throttledShare(own: OwnMetric, { exportApi, rates }: RatePlan): IMetric {
  const sum = (name: string) => own(name, 'Sum', FIVE_MINUTES);
  const filled = (id: string) => `FILL(${id}, 0)`;
  const together = (batch: string, live: string) => `(${filled(batch)} + ${filled(live)})`;
  const share = (throttled: string, calls: string) => `IF(${calls} > 0, 100 * ${throttled} / ${calls}, 0)`;
  const shares =
    exportApi === 'PutProfileObject'
      ? [share(together('batchThrottled', 'liveThrottled'), together('batchCalls', 'liveCalls'))]
      : [share(filled('batchThrottled'), filled('batchCalls')), share(filled('liveThrottled'), filled('liveCalls'))];
  if (rates.UpdateProfile) shares.push(share(filled('throttledClears'), filled('clears')));
  if (rates.DeleteProfile) shares.push(share(filled('throttledDeletes'), filled('deletes')));
  return new MathExpression({
    expression: shares.length === 1 ? shares.join() : `MAX([${shares.join(', ')}])`,
    usingMetrics: {
      batchCalls: sum('BatchCalls'),
      liveCalls: sum('LiveCalls'),
      batchThrottled: sum('BatchThrottledCalls'),
      liveThrottled: sum('LiveThrottledCalls'),
      ...(rates.UpdateProfile && { clears: sum('Clears'), throttledClears: sum('ThrottledClears') }),
      ...(rates.DeleteProfile && { deletes: sum('Deletes'), throttledDeletes: sum('ThrottledDeletes') }),
    },
    period: FIVE_MINUTES,
  });
}

function crashes(syncEvent: IFunction, lateErrors: IFunction): IMetric {
  return new MathExpression({
    expression: 'FILL(syncEvent, 0) + FILL(lateErrors, 0)',
    usingMetrics: {
      syncEvent: syncEvent.metricErrors({ period: FIVE_MINUTES }),
      lateErrors: lateErrors.metricErrors({ period: FIVE_MINUTES }),
    },
    period: FIVE_MINUTES,
  });
}

/** In seconds. SQS's own metric leaves out what was received more than three times, ours what was never received. */
function oldest(queue: IQueue, returned: Metric): IMetric {
  return new MathExpression({
    expression: 'MAX([FILL(waiting, 0), FILL(returned, 0)])',
    usingMetrics: { waiting: queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES }), returned },
    period: FIVE_MINUTES,
  });
}
