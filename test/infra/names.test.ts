import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { CrmStack } from '../end-to-end/own-app/crm-stack.ts';
import { ownApp } from './own-app.ts';
import { type Resource, synthesized } from './synthesized.ts';

/** The property that holds the name of a resource; a fixed one can be there once in an account and Region. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::CustomerProfiles::Domain': 'DomainName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

function fixedNames(template: Template): string[] {
  const resources: readonly Resource[] = Object.values(template.toJSON().Resources);
  return resources.flatMap(({ Type, Properties }) => {
    const name = Properties[NAMES[Type] ?? ''];
    return name === undefined ? [] : [`${Type} ${JSON.stringify(name)}`];
  });
}

it('two systems with names of their own fit into one account and Region', () => {
  const first = fixedNames(
    synthesized({
      createDomain: 'true',
      defaultExpirationDays: '366',
      exportBy: '02:00',
      doneBy: '06:00',
      timeZone: 'Asia/Tokyo',
    }),
  );
  const second = fixedNames(Template.fromStack(new CrmStack(ownApp(), 'Crm')));
  for (const names of [first, second]) {
    const kinds = new Set(names.map((name) => name.split(' ')[0]));
    expect([...kinds].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::CustomerProfiles::Domain',
      'AWS::Events::EventBus',
      'AWS::KMS::Alias',
      'AWS::Logs::LogGroup',
      'AWS::StepFunctions::StateMachine',
    ]);
  }
  expect(second.filter((name) => first.includes(name))).toEqual([]);
});
