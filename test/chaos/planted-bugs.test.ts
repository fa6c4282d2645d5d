import { expect, it } from 'vitest';
import { type Bug, templateWithBug } from './planted-bug.ts';
import { play } from './play.ts';
import { makeScenario } from './scenario/scenario.ts';

/** In its first phase, the only one that is played, dozens of customers are in several exports at once. */
const SEED = 54;
/** A template and a round on a busy machine. */
const TIMEOUT_MS = 300_000;

const { phases, ...of } = makeScenario(SEED, { events: false, faults: false });
const scenario = { ...of, phases: phases.slice(0, 1) };

it('a seed that finds planted bugs finds none in the product as it is', { timeout: TIMEOUT_MS }, async () => {
  const { differences } = await play(scenario);
  expect(differences).toEqual([]);
});

it.each<[string, Bug, RegExp]>([
  [
    "that calls although another worker's claim came first",
    {
      file: 'functions/shared/sync/claims.ts',
      text: 'if (!(await write(pending, claimed(before.entry, claim, clock.now(), expiresAt())))) return false;',
      instead: 'await write(pending, claimed(before.entry, claim, clock.now(), expiresAt()));',
    },
    /^\w[\w.]* of C-\w+ is .*, not /,
  ],
  [
    'that drops every tenth row and calls it unchanged',
    {
      file: 'functions/sync-chunk/sync-chunk.ts',
      text: "else if (record.fault) settle(record, { kind: 'rejected', rejection: record.fault });",
      instead: `else if (record.row % 10 === 9) settle(record, { kind: 'unchanged' });
        else if (record.fault) settle(record, { kind: 'rejected', rejection: record.fault });`,
    },
    /^\w[\w.]* of C-\w+ is .*, not /,
  ],
  [
    'that sends an older version after a newer one',
    {
      file: 'functions/shared/ledger/rules.ts',
      text: "if (known && isOlder(version, known.version)) return { kind: 'stale' };",
      instead: '',
    },
    /^\w[\w.]* of C-\w+ is .*, not /,
  ],
])('the seed finds a product %s', { timeout: TIMEOUT_MS }, async (_name, bug, difference) => {
  const { template, remove } = await templateWithBug(bug, scenario);
  try {
    const { differences } = await play(scenario, template);
    expect(differences.map(({ what }) => what)).toContainEqual(expect.stringMatching(difference));
  } finally {
    remove();
  }
});
