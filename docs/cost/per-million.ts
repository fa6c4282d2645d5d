import { billed, costOfUsage } from '../../functions/shared/cost/usage-cost.ts';
import { baselines } from './baselines.ts';
import type { Deployed } from './deployed.ts';
import { count, dollars, duration, table } from './format.ts';
import { night, type Scenario, usageOfNight } from './model.ts';
import * as units from './units.ts';

const MILLION = 1_000_000;
const ALL_ROWS = { customers: MILLION, file: 'full' } as const;
const FIRST: Scenario = { ...ALL_ROWS, changedShare: 1 };
const SECOND: Scenario = { ...ALL_ROWS, changedShare: 0.01 };
/** Before the first profile is due again. */
const NO_REFRESH = { expirationDays: Number.POSITIVE_INFINITY };

/** What a million rows use, beside what a user would write instead. */
export function perMillion(deployed: Deployed): string[] {
  const ours = [FIRST, SECOND].map((scenario) => {
    const { calls, seconds, ...of } = night({ ...scenario, ...NO_REFRESH }, deployed);
    return { calls, seconds, usage: usageOfNight({ calls, seconds, ...of }), reaches: undefined };
  });
  const others = baselines(MILLION).map((each) => ({ reaches: undefined, ...each, calls: MILLION }));
  const columns = [...ours, ...others];
  const [first] = columns;
  return [
    ...table(
      [
        'per million rows',
        'first night',
        `second night, ${SECOND.changedShare * 100} % changed`,
        ...others.map(({ name }) => `${name}, each night`),
      ],
      [
        ['calls', ...columns.map(({ calls }) => count(calls))],
        ...(first ? billed(first.usage) : []).map(({ of, what }) => [
          what,
          ...columns.map(({ usage }) => count(usage[of])),
        ]),
        ['**US dollars**', ...columns.map(({ usage }) => `**${dollars(costOfUsage(usage))}**`)],
        ['time', ...columns.map(({ seconds }) => duration(seconds))],
        [
          'rows that one run reaches',
          ...columns.map(({ reaches }) => (reaches === undefined ? 'all' : count(reaches))),
        ],
      ],
    ),
    '',
    `The last three are modelled from what they are made of, at ${units.CALL_SECONDS} s per call, and kindly: they have all ${units.SERVICE_CALLS_PER_SECOND} calls per second of the service to themselves, and are never throttled. \`npm run bench\` shows what they lose when they are. A Lambda ends after ${units.LONGEST_LAMBDA_SECONDS / 60} minutes: what the first two cost is as if the file were cut into pieces for them. The ledger is what a first night costs more, and what every later night lives on.`,
  ];
}
