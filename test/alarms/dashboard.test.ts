import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readable, resourcesOf, synthesized } from '../infra/synthesized.ts';
import { templateWithSchedule } from './template.ts';

function dashboard(template = templateWithSchedule()): string {
  const [[, resource] = []] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
  expect(readable(resource?.Properties.DashboardName)).toBe('profile-sync-<AWS::Region>');
  return String(readable(resource?.Properties.DashboardBody));
}

const OF_CLEARING = ['"Clears"', '"ThrottledClears"'];
const OF_DELETING = ['"RowsDeleted"', '"Deletes"', '"ThrottledDeletes"'];

describe('the dashboard', () => {
  const body = dashboard();

  it('is JSON that CloudWatch can read', () => {
    expect(JSON.parse(body)).toHaveProperty('widgets');
  });

  it.each([
    'BatchCalls',
    'LiveCalls',
    'RateLimit',
    'quota of the plan: 80',
    'BatchThrottledCalls',
    'LiveThrottledCalls',
    'RowsSynced',
    'RowsUnchanged',
    'RowsStale',
    'RowsRejected',
    'LiveLatency',
    '"stat":"p50"',
    '"stat":"p99"',
    'ApproximateNumberOfMessagesVisible',
    'ApproximateAgeOfOldestMessage',
    'LiveReturnedAge',
    'LateErrors',
    'LateErrorsReturnedAge',
    'ConsumedReadCapacityUnits',
    'ConsumedWriteCapacityUnits',
    'Duration',
    '<AlarmRunFailed>',
  ])('shows %s', (what) => {
    expect(body).toContain(what);
  });

  it.each([...OF_CLEARING, ...OF_DELETING])('does not show %s, with a mapping that does nothing of it', (what) => {
    expect(body).not.toContain(what);
  });

  it('has no metric of ours that nobody emits', () => {
    const shown = [...body.matchAll(/"ConnectProfileSync","(\w+)"/g)].map(([, name]) => name);
    const sources = readdirSync('functions', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const emitted = sources
      .flatMap((file) => [...readFileSync(join('functions', file), 'utf8').matchAll(/addMetric\('(\w+)'/g)])
      .map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(10);
    // Late errors are counted by who takes them, which is no part of every system.
    const known = [...emitted, 'LateErrors', 'LateErrorsGivenUp'];
    expect(shown.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the dashboard of a mapping', () => {
  it('that clears fields shows how many customers are throttled there', () => {
    const body = dashboard(synthesized({ mapping: 'test/chaos/mappings/clearing.json' }));
    for (const metric of OF_CLEARING) expect(body).toContain(metric);
    for (const metric of OF_DELETING) expect(body).not.toContain(metric);
  });

  it('that deletes shows how many were deleted, and how many customers are throttled there', () => {
    const body = dashboard(synthesized({ mapping: 'test/chaos/mappings/deleting.json' }));
    for (const metric of OF_DELETING) expect(body).toContain(metric);
    for (const metric of OF_CLEARING) expect(body).not.toContain(metric);
  });
});
