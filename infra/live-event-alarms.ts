import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { LiveEvents } from './live-events.ts';
import type { System } from './system.ts';

export interface LiveEventAlarmsProps {
  readonly system: System;
  readonly live: LiveEvents;
  /** An event that is tried for so long meets an outage or an error that somebody has to mend. */
  readonly lateEventAge: Duration;
}

/** Tells people of live events that do not get through. */
export class LiveEventAlarms extends Construct {
  constructor(scope: Construct, id: string, { system, live, lateEventAge }: LiveEventAlarmsProps) {
    super(scope, id);
    this.#alarm('DeadLetters', system, {
      metric: live.deadLetterQueue.metricApproximateNumberOfMessagesVisible(),
      threshold: 1,
      description:
        'Live events could not be synced. They are in the dead-letter queue; docs/live-events.md says what to do.',
    });
    this.#alarm('Crashes', system, {
      // A crash leaves no other trace: the function emits no metric, and SQS's age leaves out what was received often.
      metric: live.syncEvent.lambda.metricErrors(),
      threshold: 1,
      description: 'SyncEvent crashed or ran out of time. Its events come again after six minutes; its log says why.',
    });
    this.#alarm('LateEvents', system, {
      metric: age(system, live),
      threshold: lateEventAge.toSeconds(),
      description: 'Live events are tried again and again. The log of SyncEvent says why they go back.',
    });
  }

  #alarm(
    id: string,
    { alarmTopic }: System,
    { metric, threshold, description }: { metric: IMetric; threshold: number; description: string },
  ): void {
    new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // A queue that nobody uses has no data.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(alarmTopic));
  }
}

/** In seconds. SQS's own metric leaves out what was received more than three times, ours what was never received. */
function age({ telemetry }: System, { queue }: LiveEvents): IMetric {
  const returned = new Metric({
    namespace: telemetry.POWERTOOLS_METRICS_NAMESPACE,
    metricName: 'LiveReturnedAge',
    dimensionsMap: { service: telemetry.POWERTOOLS_SERVICE_NAME },
    statistic: 'Maximum',
  });
  return new MathExpression({
    expression: 'MAX([FILL(waiting, 0), FILL(returned, 0)])',
    usingMetrics: { waiting: queue.metricApproximateAgeOfOldestMessage(), returned },
  });
}
