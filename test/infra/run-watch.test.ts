import { describe, expect, it } from 'vitest';
import { templateWithSchedule } from '../alarms/template.ts';
import { readable, resourceNamed, synthesized } from './synthesized.ts';

const template = templateWithSchedule();

function properties(type: string, name: string): Record<string, unknown> {
  return readable(resourceNamed(template, type, name).Properties) as Record<string, unknown>;
}

describe('WatchRuns', () => {
  it('knows when exports are expected', () => {
    expect(properties('AWS::Lambda::Function', 'RunWatchWatchRunsFunction')).toMatchObject({
      Environment: {
        Variables: {
          STATE_MACHINE_ARN: '<StateMachine>',
          RUN_TABLE: '<TablesRunTable>',
          EXPORT_BY: '02:00',
          DONE_BY: '06:00',
          TIME_ZONE: 'UTC',
          EXPECTED_DAYS: 'MON,TUE,WED,THU,FRI,SAT,SUN',
        },
      },
      DeadLetterConfig: { TargetArn: '<FailedStarts>' },
    });
  });

  it('looks every five minutes; a look that can not be begun makes way for the next one', () => {
    expect(properties('AWS::Events::Rule', 'RunWatchLook')).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [
        {
          Arn: '<RunWatchWatchRunsFunction>',
          DeadLetterConfig: { Arn: '<FailedStarts>' },
          RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 2 },
        },
      ],
    });
  });

  it('is there only with a schedule', () => {
    const names = Object.keys(synthesized().findResources('AWS::Lambda::Function'));
    expect(names.filter((name) => name.startsWith('RunWatch'))).toEqual([]);
  });
});
