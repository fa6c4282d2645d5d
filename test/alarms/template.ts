import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import { ProfileSyncStack } from '../../infra/profile-sync-stack.ts';
import { readSettings } from '../../infra/settings.ts';
import { TELEMETRY } from '../../infra/sync-function.ts';
import { readable, resourcesOf } from '../infra/synthesized.ts';

/** A stack with every alarm that there is. */
export function stackWithSchedule(): ProfileSyncStack {
  const app = new App({
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], domainName: 'demo' },
    analyticsReporting: false,
  });
  const { mappingPath, ...settings } = readSettings(app.node);
  const mapping = { path: mappingPath, definition: loadMapping(mappingPath).definition };
  const schedule = { exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC' };
  return new ProfileSyncStack(app, 'ProfileSync', { mapping, ...settings, schedule });
}

export interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

const SCOPE = 'Alarm';

/** What the metrics of the stack have as their dimension. */
export const SERVICE = TELEMETRY.POWERTOOLS_SERVICE_NAME;

/** The alarms of the template by the names that the runbook has them by. */
export function templateAlarms(): Readonly<Record<string, AlarmProperties>> {
  const alarms = resourcesOf(Template.fromStack(stackWithSchedule()), 'AWS::CloudWatch::Alarm');
  return Object.fromEntries(
    alarms.map(([name, { Properties }]) => [name.slice(SCOPE.length), readable(Properties) as AlarmProperties]),
  );
}
