import { expect } from 'vitest';
import type { MetricValue } from '../helpers/captured-metrics.ts';
import { AlarmEvaluator } from './evaluator.ts';
import { templateAlarms } from './template.ts';

/** At once: a synthesis holds up everything for seconds, connections that a test has opened too. */
const ALARMS = templateAlarms();
/** No alarm has a longer period. */
const STEP_S = 300;

/** What makes an alarm fire, and what ends it: metrics of the product at work, captured when the time comes. */
export interface AlarmStory {
  readonly well: () => Promise<readonly MetricValue[]>;
  readonly trouble: () => Promise<readonly MetricValue[]>;
  /** How often the trouble has to last for five minutes; 1 by default. */
  readonly times?: number;
  /**
   * In which five minutes of silence all is well again; the first by default. A metric that comes with trouble alone takes
   * longer: while there is no newer value, CloudWatch looks at older ones.
   */
  readonly recoversIn?: number;
  /** True if something else gives the notice when the trouble begins. */
  readonly toldElsewhere?: boolean;
}

/** Plays a story on CloudWatch with the one alarm of the template: one notice when it fires, none while it lasts, one when it is over. */
export async function expectFiresAndRecovers(name: string, story: AlarmStory): Promise<void> {
  const alarm = ALARMS[name];
  expect(alarm, `the alarm ${name} of the template`).toBeDefined();
  const cloudWatch = new AlarmEvaluator({ [name]: alarm });
  const after = async (values: Promise<readonly MetricValue[]>) => {
    cloudWatch.put(await values);
    cloudWatch.pass(STEP_S);
    return { state: cloudWatch.stateOf(name), notices: cloudWatch.notices.splice(0).map(({ state }) => state) };
  };
  expect(await after(story.well())).toMatchObject({ state: 'OK' });
  for (let time = 1; time < (story.times ?? 1); time += 1) {
    expect(await after(story.trouble())).toEqual({ state: 'OK', notices: [] });
  }
  expect(await after(story.trouble())).toEqual({ state: 'ALARM', notices: story.toldElsewhere ? [] : ['ALARM'] });
  expect(await after(story.trouble())).toEqual({ state: 'ALARM', notices: [] });
  for (let time = 1; time < (story.recoversIn ?? 1); time += 1) {
    expect(await after(story.well())).toEqual({ state: 'ALARM', notices: [] });
  }
  expect(await after(story.well())).toEqual({ state: 'OK', notices: ['OK'] });
  expect(await after(story.well())).toEqual({ state: 'OK', notices: [] });
}
