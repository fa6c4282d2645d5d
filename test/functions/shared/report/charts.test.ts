import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptViews } from '../../../../functions/shared/report/chunk-states.ts';
import { chunkTimeline } from '../../../../functions/shared/report/chunk-timeline.ts';
import type { Html } from '../../../../functions/shared/report/html.ts';
import { outcomeBar } from '../../../../functions/shared/report/outcome-bar.ts';
import { rateChart } from '../../../../functions/shared/report/rate-chart.ts';
import { rateSeries } from '../../../../functions/shared/report/rate-series.ts';
import { attempt, START } from '../../../helpers/attempt.ts';
import { type Tag, tagsOf, textOf } from '../../../helpers/markup.ts';
import { workedAttempts } from '../../../helpers/report-data.ts';

const WIDTH = 360;
const DAY_MS = 86_400_000;
const small = workedAttempts({ chunks: 12, rowsPerChunk: 300, workers: 4, throttled: [5, 6] });
const redriven = [
  ...small,
  attempt({ chunk: 12, redrive: 1, startedAt: START + DAY_MS, updatedAt: START + DAY_MS + 9_000, ended: 'done' }),
];
const huge = workedAttempts({ chunks: 900, rowsPerChunk: 50, workers: 50, rate: 1_000 });

const timeline = (attempts: typeof small) => chunkTimeline(attemptViews(attempts, false), { width: WIDTH });
const rate = (attempts: typeof small) => rateChart(rateSeries(attempts, 90), { width: WIDTH, height: 200 });

const number = (tag: Tag, name: string): number => Number(tag.attributes[name]);
const withClass = ({ markup }: Html, name: string): Tag[] =>
  tagsOf(markup).filter(({ attributes }) => attributes.class?.split(' ').includes(name));

describe.each([
  { chart: 'the rate', drawn: rate(small) },
  { chart: 'the rate of a redriven run', drawn: rate(redriven) },
  { chart: 'the rate of nothing', drawn: rate([]) },
  { chart: 'the timeline', drawn: timeline(small) },
  { chart: 'the timeline of a redriven run', drawn: timeline(redriven) },
  { chart: 'the band of many chunks', drawn: timeline(huge) },
  { chart: 'the outcomes', drawn: outcomeBar({ synced: 5, unchanged: 0, stale: 1, rejected: 2 }, { width: WIDTH }) },
])('the chart of $chart', ({ drawn }) => {
  it('is an image with a name, in markup that a strict policy lets through', () => {
    const tags = tagsOf(drawn.markup);
    const [image] = tags.filter(({ name }) => name === 'svg');
    expect(image?.attributes).toMatchObject({ role: 'img', viewBox: expect.stringMatching(`^0 0 ${WIDTH} `) });
    expect(image?.attributes['aria-label']?.length).toBeGreaterThan(10);
    expect(tags.flatMap(({ attributes }) => Object.keys(attributes))).not.toContain('style');
  });

  it('has a place for everything', () => {
    expect(drawn.markup).not.toMatch(/NaN|undefined|Infinity/);
    for (const bar of tagsOf(drawn.markup).filter(({ name }) => name === 'rect')) {
      expect(number(bar, 'width')).toBeGreaterThanOrEqual(0);
      expect(number(bar, 'x')).toBeGreaterThanOrEqual(0);
      expect(number(bar, 'x') + number(bar, 'width')).toBeLessThanOrEqual(WIDTH + 2);
    }
  });
});

describe('the chart of the rate', () => {
  it('says what it shows to who does not see it', () => {
    expect(rate(small).markup).toMatch(/aria-label="Calls per second over time: \d+ on average, limit 80 at most"/);
  });

  it('names the throttled calls only where there are some', () => {
    expect(textOf(rate(small).markup)).toContain('throttled, sent again later');
    expect(textOf(rate(small.filter(({ throttled }) => throttled === 0)).markup)).not.toContain('throttled');
  });

  it('draws the limit for as long as it is known, and no longer', () => {
    const known = { firstSlot: START / 2_000, calls: [9, 9, 9], limits: [[0, 80]] as const };
    const unknown = { calls: 0, startedAt: START + 6_000, updatedAt: START + 11_999 };
    const drawn = rate([
      attempt({ calls: 27, updatedAt: START + 5_999, rate: known }),
      attempt({ chunk: 1, ...unknown }),
    ]);
    const [limit] = withClass(drawn, 'limit').filter(({ name }) => name === 'path');
    const xs = (limit?.attributes.d ?? '').match(/[\d.]+(?=,)/g)?.map(Number) ?? [];
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([40, (40 + WIDTH - 8) / 2]);
  });

  it('says where the run lay still, and does not draw it', () => {
    expect(rate(redriven).markup).toMatch(/lay still for \d+ d/);
    expect(rate(small).markup).not.toContain('lay still');
  });

  it('has few enough words on its axis to read them on a telephone', () => {
    const words = withClass(rate(small), 'axis').filter((tag) => number(tag, 'y') > 180);
    expect(words.length).toBeGreaterThan(1);
    expect(words.length).toBeLessThanOrEqual(5);
  });
});

describe('the timeline of chunks', () => {
  it('has a bar for each attempt, coloured by what came of it', () => {
    const bars = withClass(timeline(redriven), 'bar');
    expect(bars).toHaveLength(redriven.length);
    expect(bars.filter(({ attributes }) => attributes.class === 'bar again')).toHaveLength(2);
  });

  it('marks the attempts of a redrive', () => {
    expect(withClass(timeline(redriven), 'redrive-mark')).toHaveLength(1 + 1); // and its word in the legend
    expect(withClass(timeline(small), 'redrive-mark')).toHaveLength(0);
  });

  it('has as many lanes as workers were at work side by side, and no two bars at one place', () => {
    const times = fc.array(fc.record({ begin: fc.nat(60_000), length: fc.integer({ min: 2_000, max: 20_000 }) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(times, (each) => {
        const attempts = each.map(({ begin, length }, chunk) =>
          attempt({ chunk, startedAt: START + begin, updatedAt: START + begin + length, ended: 'done' }),
        );
        const lanes = Map.groupBy(withClass(timeline(attempts), 'bar'), (bar) => number(bar, 'y'));
        const busiest = Math.max(
          ...attempts.map(
            ({ startedAt: at }) => attempts.filter((one) => one.startedAt <= at && at < one.updatedAt).length,
          ),
        );
        expect(lanes.size).toBe(busiest);
        for (const bars of lanes.values()) {
          const ordered = bars.toSorted((a, b) => number(a, 'x') - number(b, 'x'));
          ordered.slice(1).forEach((bar, index) => {
            const before = ordered[index];
            expect(number(bar, 'x')).toBeGreaterThanOrEqual(before ? number(before, 'x') + number(before, 'width') : 0);
          });
        }
      }),
    );
  });

  it('shows how many were at work where there are too many to tell apart', () => {
    const drawn = timeline(huge);
    expect(withClass(drawn, 'bar')).toHaveLength(0);
    expect(drawn.markup).toContain('900 chunks in 900 attempts, 50 side by side at most');
  });
});

describe('the bar of outcomes', () => {
  const anyRows = fc.oneof(fc.constant(0), fc.nat(10), fc.nat(5_000_000));

  it('shows every outcome that a row has, however few they are, and no other', () => {
    fc.assert(
      fc.property(anyRows, anyRows, anyRows, anyRows, (synced, unchanged, stale, rejected) => {
        const rows = { synced, unchanged, stale, rejected };
        const segments = withClass(outcomeBar(rows, { width: WIDTH }), 'outcome');
        const present = Object.entries(rows).flatMap(([name, count]) => (count > 0 ? [`outcome ${name}`] : []));
        expect(segments.map(({ attributes }) => attributes.class)).toEqual(
          present.length > 0 ? present : ['outcome open'],
        );
        for (const segment of segments) expect(number(segment, 'width')).toBeGreaterThanOrEqual(4);
        const last = segments.at(-1);
        expect(last && number(last, 'x') + number(last, 'width')).toBeCloseTo(WIDTH, 0);
      }),
    );
  });
});
