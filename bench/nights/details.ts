import { LONGEST_LAMBDA_SECONDS } from '../../docs/cost/units.ts';
import { BILLED } from '../../functions/shared/cost/usage-cost.ts';
import type { Detail } from '../bench.ts';
import { figure, ratioText } from '../figures.ts';
import { type Story, usdPerMillionRows } from './lines.ts';
import type { Played } from './play.ts';

/** The baselines in which one invocation takes the whole export. */
const ONE_LAMBDA: readonly string[] = ['loop', 'parallel'];

const TRUTH: readonly (readonly [column: string, of: (night: Played) => number])[] = [
  ['rows', ({ truth }) => truth.rows],
  ['customers', ({ truth }) => truth.customers.size],
  ['right', ({ right }) => right],
  ['older data', ({ older }) => older],
  ['lost', ({ lost }) => lost],
  ['of no customer', ({ strange }) => strange],
  ['calls', ({ calls }) => calls],
  ['throttled', ({ throttled }) => throttled],
];

export function detailsOf(scenario: string, stories: readonly Story[]): Detail[] {
  return [
    {
      title: `${scenario}: what came of it`,
      header: ['', 'night', ...TRUTH.map(([column]) => column), 'throttled share', 'seconds', 'calls/s'],
      rows: eachNight(stories, (night) => [
        ...TRUTH.map(([, of]) => figure(of(night))),
        ratioText(night.calls === 0 ? 0 : night.throttled / night.calls),
        figure(night.seconds),
        figure(night.calls / night.seconds),
      ]),
    },
    {
      title: `${scenario}: what was used`,
      header: ['', 'night', ...BILLED.map(([, , what]) => `${what} per million rows`), 'US dollars per million rows'],
      rows: eachNight(stories, (night) => [
        ...BILLED.map(([of]) => figure((night.used[of] / night.truth.rows) * 1_000_000)),
        figure(usdPerMillionRows(night)),
      ]),
    },
  ];
}

/** What the rate of a baseline means for the size of an export: longer ones are cut off in the middle. */
export function rowsInOneLambda(stories: readonly Story[]): Detail {
  const rows = stories.flatMap(({ system, nights: [first] }) => {
    if (!first || !ONE_LAMBDA.includes(system)) return [];
    const perSecond = first.truth.rows / first.seconds;
    return [[system, `${figure(perSecond)} rows/s`, `${figure(perSecond * LONGEST_LAMBDA_SECONDS)} rows`]];
  });
  return { title: 'What fits into one Lambda of 15 minutes', header: ['', 'first night', 'at that rate'], rows };
}

function eachNight(stories: readonly Story[], cells: (night: Played) => readonly string[]): string[][] {
  return stories.flatMap(({ system, nights }) => nights.map((night) => [system, night.night, ...cells(night)]));
}
