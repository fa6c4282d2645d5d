import { PRICES, type Price } from '../../functions/shared/cost/prices.ts';
import { DEFAULT_QUOTA_PER_SECOND } from '../../functions/shared/rate-plan.ts';
import type { Deployed } from './deployed.ts';
import { cents, count, dollars, duration, table } from './format.ts';
import {
  monthly,
  night,
  perClearedCustomer,
  perLiveEvent,
  refreshedAfterNights,
  type Scenario,
  sendEverything,
  total,
  withLedger,
  withoutLedger,
} from './model.ts';
import { perMillion } from './per-million.ts';
import { whyTheseSizes } from './sizes.ts';
import * as units from './units.ts';

const SIZES = [100_000, 1_000_000, 10_000_000];
const USUAL = { changedShare: 0.01, expirationDays: 365 };
const MIDDLE: Scenario = { ...USUAL, customers: 1_000_000, file: 'full' };

/** What each line of the formula counts; `{name}` is a constant of docs/cost/units.ts. */
const FORMULA: readonly (readonly [line: string, per: string, formula: string])[] = [
  [
    'calls',
    'night',
    'changed rows, and the unchanged rows of the file whose entry is due again; of batches with a permit for each call a tenth, but all of them where the ledger is read or written',
  ],
  [
    'read units',
    'night',
    'rows × {LEDGER_READS_PER_ROW} + calls × {OTHER_READS_PER_CALL} (down to {OTHER_READS_PER_DENSE_CALL} where every row is sent) + chunks × {TABLE_READS_PER_CHUNK}',
  ],
  [
    'write units',
    'night',
    'calls × ({LEDGER_WRITES_PER_CALL} + {BUDGET_WRITES_PER_CALL} (down to {BUDGET_WRITES_PER_DENSE_CALL})) + chunks × {TABLE_WRITES_PER_CHUNK} + worker seconds / {SECONDS_PER_PROGRESS_WRITE}, and {LEDGER_WRITES_PER_MOVE} per row whose known version moves',
  ],
  [
    'worker seconds',
    'night',
    'calls / quota × workers + chunks × {WORKER_SECONDS_PER_CHUNK} + workers × {SECONDS_PER_WORKER_START} + rows × ({LEDGER_SECONDS_PER_ROW} + {CPU_MS_PER_ROW} ms × {LAMBDA_CPU_FACTOR} / CPU share of the memory)',
  ],
  [
    'state transitions',
    'night',
    'states of the run + {TRANSITIONS_PER_START} + chunks × (states of a chunk + {TRANSITIONS_PER_START}); each Retry is one more',
  ],
  [
    'S3 requests',
    'night',
    'chunks × ({S3_PUTS_PER_CHUNK} PUT + {S3_GETS_PER_CHUNK} GET + {S3_GETS_PER_RESULT} GET) + {S3_REQUESTS_PER_RUN} of each kind',
  ],
  ['bytes of log', 'invocation', '{LOG_BYTES_PER_INVOCATION}'],
  ['bytes of the ledger', 'customer', '{LEDGER_ENTRY_BYTES}'],
  [
    'requests to the key',
    'month',
    'buckets, tables, queues, topic and logs × {KEY_REQUESTS_PER_RESOURCE_HOUR} × {HOURS_PER_MONTH}',
  ],
  ['requests to idle queues', 'month', 'polled queues × {IDLE_POLLS_PER_HOUR} × {HOURS_PER_MONTH}'],
];

/** What a change of one thing makes of the middle column. */
const CHANGES: readonly (readonly [what: string, scenario: Scenario])[] = [
  ['as it is', MIDDLE],
  ['ten times as many changed rows', { ...MIDDLE, changedShare: USUAL.changedShare * 10 }],
  ['twice the customers', { ...MIDDLE, customers: MIDDLE.customers * 2 }],
  ['only changed rows in the file', { ...MIDDLE, file: 'changes' }],
  ['half the quota', { ...MIDDLE, quota: DEFAULT_QUOTA_PER_SECOND / 2 }],
  [
    '[exports in batches](deploy.md#exports-in-batches), a permit for each call, as many permits',
    { ...MIDDLE, batch: { quota: DEFAULT_QUOTA_PER_SECOND, reserve: 0, permitFor: 'call' } },
  ],
  ['profiles that expire after 30 days', { ...MIDDLE, expirationDays: 30 }],
  [
    'every customer in the file, but the mapping says `changes` and names no `updatedAt`',
    { ...MIDDLE, everyRowMoves: true },
  ],
];

/** The part of docs/cost.md that has numbers. */
export function costTables(deployed: Deployed): string {
  return [
    '### Per month',
    '',
    ...monthlyTable(deployed),
    '',
    ...inputs(deployed),
    '',
    '### The first night, and a night without the ledger',
    '',
    ...everythingTable(deployed),
    '',
    'The first night sends every row, and so does a resync. A month is that of a file of all rows: DynamoDB, Lambda and Step Functions with',
    'the ledger; Lambda and Step Functions alone without it, each night as long as the first.',
    '',
    '### Per million rows',
    '',
    ...perMillion(deployed),
    '',
    '### Why these sizes',
    '',
    ...whyTheseSizes(deployed),
    '',
    '### What doubles when',
    '',
    ...changesTable(deployed),
    '',
    `Live events come on top: ${dollars(perLiveEvent(deployed) * 1_000_000)} per million events that come one by one and change their customer. So does [clearing](mapping.md#clearing): ${dollars(perClearedCustomer() * 1_000_000)} per million customers whose emptied fields are cleared.`,
    '',
    '### Formula',
    '',
    ...table(
      ['what', 'per', 'how much'],
      FORMULA.map(([line, per, formula]) => [line, per, withNumbers(formula)]),
    ),
    '',
    '\\* Assumed: only a deployment on AWS can measure it.',
    '',
    '### Prices',
    '',
    ...table(
      ['US dollars', 'for', 'read at'],
      (Object.values(PRICES) as Price[]).map(({ usd, per, unit, source }) => [
        String(usd),
        `${per === 1 ? '' : `${count(per)} `}${unit}`,
        source ?? 'no page at hand; check it',
      ]),
    ),
  ].join('\n');
}

function monthlyTable(deployed: Deployed): string[] {
  const scenarios = SIZES.flatMap((customers) =>
    (['full', 'changes'] as const).map((file): Scenario => ({ ...USUAL, customers, file })),
  );
  const bills = scenarios.map((scenario) => monthly(scenario, deployed));
  const nights = scenarios.map((scenario) => night(scenario, deployed));
  return table(
    ['US dollars', ...scenarios.map(({ customers, file }) => `${count(customers)}, ${fileName(file)}`)],
    [
      ...Object.keys(bills[0] ?? {}).map((line) => [line, ...bills.map((bill) => cents(bill[line] ?? 0))]),
      ['**per month**', ...bills.map((bill) => `**${cents(total(bill))}**`)],
      ['calls per night', ...nights.map(({ calls }) => count(calls))],
      ['a night takes', ...nights.map(({ seconds }) => duration(seconds))],
    ],
  );
}

function inputs(deployed: Deployed): string[] {
  const percent = USUAL.changedShare * 100;
  return [
    `- ${percent} % of the customers change each night; ${units.NIGHTS_PER_MONTH} nights per month; ${DEFAULT_QUOTA_PER_SECOND} calls per second; ${Math.round(deployed.bytesPerRow)} bytes per row, as in samples/customers.csv; exports are stored for ${deployed.exportDays} days, as the bucket's lifecycle has it.`,
    `- *all rows*: a file of every customer, with \`updatedAt\` or \`"contains": "full"\`. *changed rows*: a file of those that changed.`,
    `- Profiles expire after ${USUAL.expirationDays} days, so an unchanged customer of a file of all rows is sent again after ${Math.round(refreshedAfterNights(USUAL.expirationDays))} nights on average. The table takes it that the same customers change every night, which makes the most such calls.`,
    `- The stack has ${deployed.alarmMetrics} metrics in alarms, ${deployed.customMetrics} metrics of its own, ${deployed.dashboards} dashboard${deployed.dashboards === 1 ? '' : 's'}, ${deployed.keys} key${deployed.keys === 1 ? '' : 's'} and ${deployed.polledQueues} polled queue${deployed.polledQueues === 1 ? '' : 's'}; these lines are the same without a single run.`,
  ];
}

function everythingTable(deployed: Deployed): string[] {
  return table(
    ['customers', 'a night that sends every row', 'a usual night', 'a month with the ledger', 'a month without'],
    SIZES.map((customers) => {
      const everything = sendEverything(customers, deployed);
      const usual: Scenario = { ...USUAL, customers, file: 'full' };
      return [
        count(customers),
        `${duration(everything.night.seconds)}, ${dollars(everything.usd)}`,
        duration(night(usual, deployed).seconds),
        dollars(withLedger(usual, deployed)),
        dollars(withoutLedger(customers, deployed)),
      ];
    }),
  );
}

function changesTable(deployed: Deployed): string[] {
  return table(
    [`${count(MIDDLE.customers)} customers, all rows`, 'per month', 'calls per night', 'a night takes'],
    CHANGES.map(([what, scenario]) => {
      const { calls, seconds } = night(scenario, deployed);
      return [what, dollars(total(monthly(scenario, deployed))), count(calls), duration(seconds)];
    }),
  );
}

function withNumbers(formula: string): string {
  const numbers: Readonly<Record<string, unknown>> = units;
  return formula.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const number = numbers[name];
    if (typeof number !== 'number') throw new Error(`docs/cost/units.ts has no ${name}.`);
    return units.ASSUMED.includes(name) ? `${number}\\*` : String(number);
  });
}

function fileName(file: Scenario['file']): string {
  return file === 'full' ? 'all rows' : 'changed rows';
}
