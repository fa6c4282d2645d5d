import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, it, vi } from 'vitest';
import { logger } from '../../../../functions/shared/telemetry.ts';
import { startTables } from '../../../helpers/tables.ts';
import { createNight } from './under-fire/night.ts';
import { checkMended, checkPromises, checkThrift } from './under-fire/promises.ts';
import { EXPIRATION_DAYS, nextNight, type Script, scripts } from './under-fire/script.ts';
import { createTable, type Execute } from './under-fire/table.ts';
import { createTape } from './under-fire/tape.ts';
import { createWorld } from './under-fire/world.ts';

/**
 * Cases in memory. LEDGER_CASES=100000 tries more; LEDGER_SEED and LEDGER_PATH, as a failure prints them, play its smallest
 * case again.
 */
const CASES = Number(process.env.LEDGER_CASES ?? 1_000);
const { LEDGER_SEED: seed, LEDGER_PATH: path } = process.env;
const REPLAY = { ...(seed && { seed: Number(seed) }), ...(path && { path }) };
const CASES_OVER_HTTP = 10;
/** Choices of a case; after them nothing fails any more. */
const MAX_CHOICES = 500;

type AnyCommand = Parameters<DynamoDBDocumentClient['send']>[0];
const DAY_MS = 86_400_000;
/** Milliseconds after which no call of a dead worker can arrive any more. */
const LONGEST_FLIGHT_MS = 400_000;

let domains = 0;

beforeEach(() => {
  // The pauses of workers without a permit.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  vi.spyOn(logger, 'warn').mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

/** Plays a script to its end, checking each call as it arrives, and then what came of it all. */
async function play(
  { mode, clears, before, gap, jobs, choices }: Script,
  execute: Execute,
  peace = false,
): Promise<void> {
  domains += 1;
  const skews = jobs.map(({ skew }) => skew);
  const skew = Math.max(...skews) - Math.min(...skews);
  const tape = createTape(peace);
  const world = createWorld(tape);
  const night = createNight({ world, tape, execute, domainName: `domain${domains}`, mode, clears, skew });

  const toldBefore = await night.run([before]);
  await world.pass(gap);
  const expired = gap > EXPIRATION_DAYS * DAY_MS;
  if (expired) night.service.forget();

  tape.load(choices);
  const told = await night.run(jobs);
  await world.pass(LONGEST_FLIGHT_MS);
  checkPromises(mode, clears, [...(expired ? [] : toldBefore), ...told], night.service);
  if (peace) checkThrift([...toldBefore, ...told], night.service);

  await night.noteLateErrors();
  tape.load([]);
  const next = nextNight({ before, jobs });
  await world.pass(LONGEST_FLIGHT_MS);
  checkMended(await night.run([next]), night.service, clears);
}

it('whatever fails and in whatever order things happen, each profile ends as the newest record says, or the next night mends it', async () => {
  await fc.assert(
    fc.asyncProperty(scripts(MAX_CHOICES), (script) => play(script, createTable())),
    { numRuns: CASES, ...REPLAY },
  );
});

it('as long as nothing fails, no record is sent twice, however workers overlap', async () => {
  await fc.assert(
    fc.asyncProperty(scripts(MAX_CHOICES), (script) => play(script, createTable(), true)),
    { numRuns: CASES / 2, ...REPLAY },
  );
});

it('the same holds over DynamoDB itself, as embedded', async () => {
  const { client, stop } = await startTables();
  try {
    await fc.assert(
      fc.asyncProperty(scripts(MAX_CHOICES), (script) => play(script, (command) => client.send(command as AnyCommand))),
      { numRuns: CASES_OVER_HTTP },
    );
  } finally {
    await stop();
  }
});
