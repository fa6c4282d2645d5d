import { expect, it } from 'vitest';
import { play } from './play.ts';
import { makeScenario } from './scenario/scenario.ts';

/** Exports and live events at once with a restart, lost connections and answers; then an export whose worker is killed. */
const SEED = 122;
/** On a busy machine. */
const TIMEOUT_MS = 300_000;

it('a round of chaos leaves exactly what exports and events say', { timeout: TIMEOUT_MS }, async () => {
  const scenario = makeScenario(SEED);
  const { round, differences } = await play(scenario);
  expect(differences, `npm run chaos -- --seed ${SEED} --rounds 1`).toEqual([]);
  expect(round.faults).toMatchObject({ restart: 1, crash: 1 });
  expect(round.faults.droppedBefore).toBeGreaterThan(0);
});
