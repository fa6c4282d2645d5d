import { arn, identifyBy, type ResourceType } from '../resource-type.ts';

/** Resources that a run on a laptop cannot notice. Other resources may still refer to them. */

/** Never goes off: nobody is told by the embedded stack but through what functions and the state machine publish. */
export const alarm = withoutEffect(identifyBy('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)));

export const dashboard = withoutEffect(identifyBy('DashboardName'));

export const cdkMetadata = withoutEffect(identifyBy('Name'));

function withoutEffect(identify: ResourceType['identify']): ResourceType {
  return { properties: [], withoutEffect: 'all', identify, build() {} };
}
