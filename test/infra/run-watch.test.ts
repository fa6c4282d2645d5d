import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stackWithSchedule } from '../alarms/template.ts';
import { callsOf } from './calls-of.ts';
import { readable, resourceNamed, synthesized } from './synthesized.ts';

const template = Template.fromStack(stackWithSchedule());

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

  it('may do what its code calls, and put aside what it failed', () => {
    const { PolicyDocument } = properties('AWS::IAM::Policy', 'RunWatchWatchRunsRoleDefaultPolicy');
    const { Statement } = PolicyDocument as { Statement: readonly { Action: string; Resource: string }[] };
    const allowed = Statement.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('logs:'));
    expect(allowed.sort()).toEqual([...callsOf('watch-runs/handler.ts'), 'sqs:SendMessage'].sort());
    expect(Statement.map(({ Resource }) => Resource)).not.toContain('*');
  });

  it('is there only with a schedule', () => {
    const names = Object.keys(synthesized().findResources('AWS::Lambda::Function'));
    expect(names.filter((name) => name.startsWith('RunWatch'))).toEqual([]);
  });
});
