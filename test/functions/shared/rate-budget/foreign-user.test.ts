import { mkdir, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { MIN_LIMIT_PER_SECOND } from '../../../../functions/shared/rate-budget/budget-state.ts';
import { lineChart } from './line-chart.ts';
import { rateBetween, type SimulatedWorker, type Simulation, simulate } from './simulation.ts';

const QUOTA = 80;
/** The quota of the account, which the service holds everybody to together. */
const SERVICE_PER_SECOND = 100;
const FROM = 20;
const TO = 80;
const END = 190;
const ARTEFACTS = new URL('../../../../test-artefacts/', import.meta.url);

const workers: SimulatedWorker[] = Array.from({ length: 5 }, () => ({ kind: 'batch', callsInFlight: 40 }));

/** Another application calls at this rate from second 20 to 80. */
function beside(foreignRate: number): Promise<Simulation> {
  const foreign = (second: number) => (second >= FROM && second < TO ? foreignRate : 0);
  return simulate({
    seconds: END,
    seed: 1,
    quota: QUOTA,
    reserve: 8,
    workers,
    service: { perSecond: SERVICE_PER_SECOND, foreign },
  });
}

function accepted({ calls }: Simulation, from: number, to: number): number {
  return rateBetween(
    calls.filter(({ throttled }) => !throttled),
    from,
    to,
  );
}

function throttledShare({ calls }: Simulation, from: number, to: number): number {
  const then = calls.filter(({ at }) => at >= from && at < to);
  return then.filter(({ throttled }) => throttled).length / then.length;
}

function foreignBetween({ foreign }: Simulation, from: number, to: number): number {
  return foreign.filter((at) => at >= from && at < to).length / (to - from);
}

describe('another application that takes 60 of the 100 calls per second', () => {
  let run: Simulation;
  beforeAll(async () => {
    run = await beside(60);
  });

  it('finds us at our whole quota, without a throttled call', () => {
    expect(accepted(run, 2, FROM)).toBeGreaterThanOrEqual(0.97 * QUOTA);
    expect(throttledShare(run, 0, FROM)).toBe(0);
  });

  it('gets what it asks for: our limit falls for everyone within six seconds', () => {
    expect(Math.min(...run.limits.slice(FROM, FROM + 8))).toBeLessThanOrEqual(48);
    expect(foreignBetween(run, FROM + 10, TO)).toBeGreaterThanOrEqual(0.97 * 60);
  });

  it('leaves us most of the rest, with hardly a call throttled', () => {
    expect(accepted(run, FROM + 10, TO)).toBeGreaterThanOrEqual(0.85 * 40);
    expect(throttledShare(run, FROM + 10, TO)).toBeLessThan(0.015);
    expect(throttledShare(run, FROM, TO)).toBeLessThan(0.04);
  });

  it('has its share back to us by one percent of the quota per second after it stops, and no call throttled', () => {
    const limitThen = run.limits[TO] ?? 0;
    const secondsBack = (QUOTA - limitThen) / (0.01 * QUOTA);
    expect(secondsBack).toBeLessThan(70);
    expect(accepted(run, TO + secondsBack + 1, END)).toBeGreaterThanOrEqual(0.97 * QUOTA);
    expect(throttledShare(run, TO + 2, END)).toBe(0);
  });

  it('is drawn beside us, for a person to look at', async () => {
    const seconds = Array.from({ length: END }, (_, second) => second);
    const ours = seconds.map((second) => accepted(run, second, second + 1));
    const theirs = seconds.map((second) => foreignBetween(run, second, second + 1));
    const throttled = seconds.map((second) => rateBetween(run.calls, second, second + 1) - (ours[second] ?? 0));
    const limit = seconds.map((second) => run.limits[second] ?? 0);
    const svg = lineChart({
      title: 'Calls accepted by a service of 100 calls per second that another application shares',
      xLabel: 'seconds (simulated clock)',
      yLabel: 'calls per second',
      series: [
        { name: 'our calls', color: '#1565c0', y: ours },
        { name: 'our limit in force', color: '#7a7a7a', y: limit, dashed: true },
        { name: 'the other application', color: '#e65100', y: theirs },
        { name: 'our throttled calls', color: '#c2185b', y: throttled },
      ],
    });
    const csv = seconds.map((second) =>
      [second, ours[second], throttled[second], theirs[second], limit[second]?.toFixed(1)].join(','),
    );
    await mkdir(ARTEFACTS, { recursive: true });
    await writeFile(new URL('rate-with-foreign-user.svg', ARTEFACTS), svg);
    const header = 'second,our_calls_accepted,our_calls_throttled,foreign_calls_accepted,our_limit_in_force';
    await writeFile(new URL('rate-with-foreign-user.csv', ARTEFACTS), `${[header, ...csv].join('\n')}\n`);
    expect(svg.match(/<polyline/g)).toHaveLength(4);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('whatever another application takes', () => {
  it.each([
    { foreign: 10, left: 80, throttled: 0 },
    { foreign: 30, left: 70, throttled: 0.01 },
    { foreign: 90, left: 10, throttled: 0.08 },
  ])('of $foreign/s, we use what is left, and come back', async ({ foreign, left, throttled }) => {
    const run = await beside(foreign);
    expect(foreignBetween(run, FROM + 15, TO)).toBeGreaterThanOrEqual(0.95 * foreign);
    expect(accepted(run, FROM + 15, TO)).toBeGreaterThanOrEqual(0.75 * left);
    expect(throttledShare(run, FROM + 15, TO)).toBeLessThanOrEqual(throttled);
    expect(accepted(run, TO + 97, END)).toBeGreaterThanOrEqual(0.97 * QUOTA);
  });

  it('if it takes all, we go on at the least rate, and are back at the quota in 95 seconds', async () => {
    const run = await beside(3 * SERVICE_PER_SECOND);
    const calls = rateBetween(run.calls, FROM + 20, TO);
    expect(calls).toBeGreaterThanOrEqual(0.8 * MIN_LIMIT_PER_SECOND);
    expect(calls).toBeLessThanOrEqual(2 * MIN_LIMIT_PER_SECOND);
    expect(accepted(run, TO + 97, END)).toBeGreaterThanOrEqual(0.97 * QUOTA);
  });
});
