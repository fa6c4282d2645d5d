import { expect, it } from 'vitest';
import { type Bug, templateWithBug } from './planted-bug.ts';
import { play } from './play.ts';
import { makeScenario } from './scenario/scenario.ts';
import type { Scenario, Step } from './types.ts';

/** In its first phase, the only one that is played, dozens of customers are in several exports at once. */
const SEED = 54;
/** A template and a round on a busy machine. */
const TIMEOUT_MS = 300_000;

const { phases, ...of } = makeScenario(SEED, { events: false, faults: false });
/** Half of the calls take so much longer that what was sent first often arrives last. */
const slow: Step = { kind: 'fault', atMs: 0, fault: { kind: 'latency', extraMs: 1_500, share: 0.5, forMs: 120_000 } };
const scenario: Scenario = { ...of, phases: phases.slice(0, 1).map(({ steps }) => ({ steps: [slow, ...steps] })) };
/** In batches, of which some items are throttled. */
const storm: Step = { kind: 'fault', atMs: 0, fault: { kind: 'throttleStorm', share: 0.4, forMs: 6_000 } };
const inBatches: Scenario = {
  ...of,
  batch: { batchQuota: String(of.quota), batchPermitFor: 'item' },
  phases: phases.slice(0, 1).map(({ steps }) => ({ steps: [storm, ...steps] })),
};
/** Which call meets which is chance: each bug has to be found in one of so many rounds. */
const ROUNDS = 3;

it.each([
  ['finds none in the product as it is', scenario],
  ['finds none in batches', inBatches],
])('a seed that finds planted bugs %s', { timeout: TIMEOUT_MS }, async (_, played) => {
  const { differences } = await play(played);
  expect(differences).toEqual([]);
});

it.each<[string, Bug, RegExp, Scenario?]>([
  [
    'that skips the claim: it calls whatever other workers have claimed',
    {
      file: 'functions/shared/ledger/rules.ts',
      text: 'const { known, claim, refusal, late } = entry;',
      instead:
        'const { known, refusal, late } = entry; const claim = undefined; entry = { ...entry, claim, fence: undefined };',
    },
    /^\w[\w.]* of C-\w+ is .*, not /,
  ],
  [
    'that drops every tenth row and calls it unchanged',
    {
      file: 'functions/sync-chunk/sync-chunk.ts',
      text: 'const outcome = outcomeByExport(record, superseded);',
      instead: `const outcome: Outcome | undefined =
          record.row % 10 === 9 ? { kind: 'unchanged', notCleared: [] } : outcomeByExport(record, superseded);`,
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
  [
    'that takes an item for sent which the service did not take with the others of its batch',
    {
      file: 'functions/shared/profiles/batch-writer.ts',
      text: "if (failed) return failedItem(failed.Code, failed.Message ?? '', target);",
      instead: "if (failed) return { kind: 'accepted' };",
    },
    /^there is no profile of C-|^\w[\w.]* of C-\w+ is .*, not /,
    inBatches,
  ],
  [
    'that takes one permit for all items of a batch where each needs its own',
    {
      file: 'functions/shared/sync/open-sync.ts',
      text: 'return plan.recordsPerPermit > 1 ? createTurnsByCall(shared) : createTurnsByItem(shared);',
      instead: 'return plan.recordsPerPermit > 0 ? createTurnsByCall(shared) : createTurnsByItem(shared);',
    },
    /^\d+ permits were used in \d s; /,
    inBatches,
  ],
])('the seed finds a product %s', { timeout: TIMEOUT_MS }, async (_name, bug, difference, played = scenario) => {
  const { template, remove } = await templateWithBug(bug, played);
  try {
    const found: string[] = [];
    for (let round = 0; round < ROUNDS && !found.some((what) => difference.test(what)); round += 1) {
      const { differences } = await play(played, template);
      found.push(...differences.map(({ what }) => what));
    }
    expect(found).toContainEqual(expect.stringMatching(difference));
  } finally {
    remove();
  }
});
