import { arn, identifyByName, type ResourceType } from '../resource-type.ts';

/** Resources that a run on a laptop cannot notice. Other resources may still refer to them. */

/** Never goes off: nobody is told by the embedded stack but through what functions and the state machine publish. */
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

export const dashboard: ResourceType = {
  properties: [],
  withoutEffect: ['DashboardBody', 'DashboardName', 'Tags'],
  identify: (resource) => ({ ref: resource.optionalText('DashboardName') ?? resource.defaultName, attributes: {} }),
  build() {},
};

export const cdkMetadata: ResourceType = {
  properties: [],
  withoutEffect: ['Analytics'],
  identify: identifyByName,
  build() {},
};
