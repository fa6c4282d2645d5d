import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { templateAlarms } from './template.ts';

const ALARMS = Object.entries(templateAlarms());
const TOPIC = '<AlarmsAlarmTopic>';
/** These begin with a notice that says more than an alarm can: ReportFailure's and RaiseAlarm's. */
const TOLD_BEFORE = ['RunFailed', 'RejectedShareWarning'];

const operations = readFileSync('docs/operations.md', 'utf8');
const folder = new URL('.', import.meta.url);
const tests = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n');

/** What the runbook says of each alarm. */
const runbook = new Map(
  (/^## Alarms\n([\s\S]*?)^## /m.exec(operations)?.[1] ?? '')
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

describe('every alarm', () => {
  it.each(ALARMS)('%s is made to fire and to recover in a test', (name) => {
    expect(tests).toContain(`describe('the alarm ${name}'`);
    expect(tests).toContain(`expectFiresAndRecovers('${name}'`);
  });

  it.each(ALARMS)('%s leads to a paragraph of the runbook that has a command and says how it ends', (name, alarm) => {
    expect(alarm.AlarmDescription).toContain(`docs/operations.md#${name.toLowerCase()}`);
    const text = runbook.get(name) ?? '';
    for (const part of ['**Look**', '**Mend**', '**Recovers**', '```']) expect(text, name).toContain(part);
  });

  it.each(ALARMS)('%s tells the topic once when it fires and once when it is over', (name, alarm) => {
    expect(alarm.OKActions).toEqual([TOPIC]);
    expect(alarm.AlarmActions).toEqual(TOLD_BEFORE.includes(name) ? undefined : [TOPIC]);
    expect(alarm.InsufficientDataActions).toBeUndefined();
  });
});

it('the runbook has no paragraph of an alarm that there is not', () => {
  const known = ALARMS.map(([name]) => name);
  expect([...runbook.keys()].filter((name) => !known.includes(name))).toEqual([]);
});
