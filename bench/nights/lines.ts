import { costOfUsage } from '../../functions/shared/cost/usage-cost.ts';
import type { Bar, Line } from '../bench.ts';
import { exactly } from '../exactly.ts';
import { figure } from '../figures.ts';
import type { Played } from './play.ts';
import type { System } from './systems.ts';

/** The nights of one system in one scenario, as they were played. */
export interface Story {
  readonly system: System['name'];
  readonly nights: readonly Played[];
}

const NOTHING: Bar = { is: 'at most', ratio: 0 };

/** A second night takes as many calls as customers changed: not one more, not one less. */
export function callsOfChanges(night: Played, changed: number): Line[] {
  const what = `${night.night}: calls`;
  const ours = calls(night.calls);
  if (changed === 0) {
    const { rows } = night.truth;
    return [{ what, ours, against: `${figure(rows)} rows`, ratio: night.calls / rows, bar: NOTHING }];
  }
  return exactly(what, night.calls, changed, `${figure(changed)} changed customers`);
}

/** Customers without what the export says, which must be none of ours; the others’ stand beside it. */
export function wrongCustomers(
  what: string,
  of: (night: Played) => number,
  ours: Played,
  others: readonly Story[],
): Line {
  const theirs = others.flatMap(({ system, nights }) => {
    const night = nights.find((each) => each.night === ours.night);
    return night ? [`${system} ${share(of(night), night)}`] : [];
  });
  const customers = ours.truth.customers.size;
  return {
    what,
    ours: share(of(ours), ours),
    against: theirs.join(', ') || `all ${figure(customers)}`,
    ratio: of(ours) / customers,
    bar: NOTHING,
  };
}

/** Per row, since the slowest baseline gets a shorter export. */
export function comparisons(ours: Played, others: readonly Story[], circumstances = ''): Line[] {
  return others.flatMap(({ system, nights }) => {
    const theirs = nights.find((each) => each.night === ours.night);
    if (!theirs) return [];
    const compared = (what: string, unit: string, of: (night: Played) => number): Line => ({
      what: `${ours.night}${circumstances}: ${what}`,
      ours: `${figure(of(ours))} ${unit}`,
      against: `${system} ${figure(of(theirs))} ${unit}`,
      ratio: of(ours) / of(theirs),
    });
    return [
      compared('calls per 1,000 rows', 'calls', ({ calls, truth }) => (calls / truth.rows) * 1_000),
      compared('time per 1,000 rows', 's', ({ seconds, truth }) => (seconds / truth.rows) * 1_000),
      compared('cost per million rows', 'US dollars', usdPerMillionRows),
    ];
  });
}

export function usdPerMillionRows({ used, truth }: Played): number {
  return (costOfUsage(used) / truth.rows) * 1_000_000;
}

const calls = (count: number) => `${figure(count)} call${count === 1 ? '' : 's'}`;
const share = (count: number, { truth }: Played) => `${figure(count)} of ${figure(truth.customers.size)}`;
