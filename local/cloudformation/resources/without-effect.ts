import { arn, type ResourceType } from '../resource-type.ts';

/** Resources that a run on a laptop cannot notice. Other resources may still refer to them. */

export const logGroup: ResourceType = {
  properties: ['LogGroupName'],
  withoutEffect: ['RetentionInDays', 'KmsKeyId', 'LogGroupClass', 'DataProtectionPolicy', 'Tags'],
  identify(resource) {
    const name = resource.optionalText('LogGroupName') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
  },
  build() {},
};

/** Nobody is told by the embedded stack but through the topic that the state machine publishes to. */
export const alarm: ResourceType = {
  properties: ['AlarmName'],
  withoutEffect: [
    'ActionsEnabled',
    'AlarmActions',
    'AlarmDescription',
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluationPeriods',
    'ExtendedStatistic',
    'InsufficientDataActions',
    'MetricName',
    'Metrics',
    'Namespace',
    'OKActions',
    'Period',
    'Statistic',
    'Tags',
    'Threshold',
    'TreatMissingData',
    'Unit',
  ],
  identify(resource) {
    const name = resource.optionalText('AlarmName') ?? resource.defaultName;
    return { ref: name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } };
  },
  build() {},
};

export const cdkMetadata: ResourceType = {
  properties: [],
  withoutEffect: ['Analytics'],
  identify: (resource) => ({ ref: resource.defaultName, attributes: {} }),
  build() {},
};
