import { describe, expect, it } from 'vitest';
import { smallMappingFile } from '../helpers/small-export.ts';
import { readable, resourceNamed, resourcesOf, synthesized } from '../infra/synthesized.ts';
import { AlarmEvaluator } from './evaluator.ts';
import { SERVICE } from './template.ts';

const ONE_QUOTA = synthesized();
const TWO_QUOTAS = synthesized({ quota: '40', batchQuota: '200' });
const CLEARING = synthesized({ mapping: 'test/chaos/mappings/clearing.json' });
const DELETING = synthesized({ mapping: 'test/chaos/mappings/deleting.json' });
const ALL_QUOTAS = synthesized({
  ...{ quota: '40', batchQuota: '200' },
  mapping: smallMappingFile({
    deletes: { column: 'gone', values: ['1'], action: 'object', maxCount: 5, maxShare: 0.1 },
    fields: [
      { name: 'id', column: 'id', required: true },
      { name: 'name', column: 'name', target: '_profile.FirstName', clearWhenEmpty: true },
    ],
  }),
});
const QUARTER_OF_AN_HOUR = 3;

/** The state of ThrottledShare after a quarter of an hour of such calls in each five minutes. */
function stateAfter(template: typeof ONE_QUOTA, values: Readonly<Record<string, number>>): string | undefined {
  const alarm = readable(resourceNamed(template, 'AWS::CloudWatch::Alarm', 'AlarmThrottledShare').Properties);
  const cloudWatch = new AlarmEvaluator({ ThrottledShare: alarm });
  const metrics = Object.entries(values).map(([name, value]) => ({
    ...{ namespace: 'ConnectProfileSync', name, value },
    dimensions: { service: SERVICE },
  }));
  for (let time = 0; time < QUARTER_OF_AN_HOUR; time += 1) {
    cloudWatch.put(metrics);
    cloudWatch.pass(300);
  }
  return cloudWatch.stateOf('ThrottledShare');
}

const EXPORTS = { BatchCalls: 60_000, BatchThrottledCalls: 0 };
const LIVE = { LiveCalls: 1_000, LiveThrottledCalls: 0 };

describe('the alarm ThrottledShare of exports in batches, which have a quota of their own', () => {
  it.each([
    ['live events alone are throttled', { ...EXPORTS, ...LIVE, LiveThrottledCalls: 100 }, 'ALARM'],
    ['exports alone are throttled', { ...EXPORTS, ...LIVE, BatchThrottledCalls: 6_000 }, 'ALARM'],
    ['exports are throttled and there are no live events', { ...EXPORTS, BatchThrottledCalls: 6_000 }, 'ALARM'],
    ['live events are throttled and there are no exports', { ...LIVE, LiveThrottledCalls: 100 }, 'ALARM'],
    [
      'neither is throttled above the share',
      { ...EXPORTS, ...LIVE, BatchThrottledCalls: 500, LiveThrottledCalls: 9 },
      'OK',
    ],
    ['nobody calls', {}, 'OK'],
  ])('when %s: %j is %s', (_, values, state) => {
    expect(stateAfter(TWO_QUOTAS, values)).toBe(state);
  });

  it('is that of both together where they share a quota', () => {
    expect(stateAfter(ONE_QUOTA, { ...EXPORTS, ...LIVE, LiveThrottledCalls: 100 })).toBe('OK');
  });
});

describe('the alarm ThrottledShare of a mapping that clears or deletes, which have quotas of their own', () => {
  const CLEARED = { Clears: 200, ThrottledClears: 0 };
  const DELETED = { Deletes: 30, ThrottledDeletes: 0 };
  const all = { ...EXPORTS, ...LIVE, ...CLEARED, ...DELETED };

  it.each([
    ['clearing alone is throttled', CLEARING, { ...all, ThrottledClears: 3 }, 'ALARM'],
    ['deleting alone is throttled', DELETING, { ...all, ThrottledDeletes: 1 }, 'ALARM'],
    ['exports alone are throttled', CLEARING, { ...all, BatchThrottledCalls: 900 }, 'ALARM'],
    ['exports alone are throttled', DELETING, { ...all, BatchThrottledCalls: 900 }, 'ALARM'],
    ['clearing is throttled beside batches', ALL_QUOTAS, { ...all, ThrottledClears: 3 }, 'ALARM'],
    ['live events are throttled beside batches', ALL_QUOTAS, { ...all, LiveThrottledCalls: 20 }, 'ALARM'],
    [
      'none is throttled above the share',
      ALL_QUOTAS,
      { ...all, ThrottledClears: 2, Deletes: 1_000, ThrottledDeletes: 10 },
      'OK',
    ],
    ['nobody clears or deletes', ALL_QUOTAS, { ...EXPORTS, ...LIVE }, 'OK'],
    ['nothing is cleared by this mapping', ONE_QUOTA, { ...all, ThrottledClears: 200 }, 'OK'],
  ])('when %s', (_, template, values, state) => {
    expect(stateAfter(template, values)).toBe(state);
  });
});

describe('the dashboard of exports in batches', () => {
  const [[, resource] = []] = resourcesOf(TWO_QUOTAS, 'AWS::CloudWatch::Dashboard');
  const { widgets } = JSON.parse(String(readable(resource?.Properties.DashboardBody))) as {
    readonly widgets: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
  const graph = (title: string) => widgets.find(({ properties }) => properties.title === title)?.properties;

  it('shows exports and live events each beside their own quota', () => {
    const rate = graph('Rate against budget');
    expect(rate?.annotations).toEqual({
      horizontal: [
        { value: 200, label: 'quota of exports: 200', yAxis: 'left' },
        { value: 40, label: 'quota of live events: 40', yAxis: 'left' },
      ],
    });
    const shown = JSON.stringify(rate?.metrics);
    for (const line of [
      'FILL(batchCalls, 0) / PERIOD(batchCalls)',
      'FILL(liveCalls, 0) / PERIOD(liveCalls)',
      'RateLimit',
    ])
      expect(shown).toContain(line);
  });

  it('shows which of them is throttled', () => {
    expect(graph('Throttled calls')?.metrics).toMatchObject([
      ['ConnectProfileSync', 'BatchThrottledCalls', 'service', SERVICE, { label: 'exports' }],
      ['ConnectProfileSync', 'LiveThrottledCalls', 'service', SERVICE, { label: 'live events' }],
    ]);
  });
});
