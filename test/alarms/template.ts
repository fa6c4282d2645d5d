import { readable, resourcesOf, synthesized } from '../infra/synthesized.ts';

/** A template with every alarm that there is. */
export const templateWithSchedule = () => synthesized({ exportBy: '02:00', doneBy: '06:00', timeZone: 'UTC' });

export interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

const SCOPE = 'Alarm';

/** What the metrics of the stack have as their dimension. */
export const SERVICE = 'profile-sync';

/** The alarms of the template by the names that the runbook has them by. */
export function templateAlarms(): Readonly<Record<string, AlarmProperties>> {
  const alarms = resourcesOf(templateWithSchedule(), 'AWS::CloudWatch::Alarm');
  return Object.fromEntries(
    alarms.map(([name, { Properties }]) => [name.slice(SCOPE.length), readable(Properties) as AlarmProperties]),
  );
}
