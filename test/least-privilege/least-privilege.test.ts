import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Findings, playAll } from './play.ts';
import { openStage, type Stage } from './stage.ts';
import { statementsOf } from './statements.ts';

/** What can't be played, because it takes a failure inside of AWS. */
const MOST_UNUSED = 12;

let stage: Stage;
let findings: Findings;
beforeAll(async () => {
  // The host tells its terminal of events that can't be delivered; here they are wanted.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  stage = await openStage();
  findings = await playAll(stage);
});
afterAll(() => stage.test.stop());

it('every feature goes well, and is refused nothing', () => {
  expect(findings.failed).toEqual([]);
  expect(findings.refused).toEqual([]);
});

it('what no feature uses is allowed for a reason that stands in the code', () => {
  expect(findings.unused.filter(({ reason }) => reason === undefined)).toEqual([]);
  expect(findings.unused.length).toBeLessThanOrEqual(MOST_UNUSED);
});

it('every reason in the code is of something that is allowed', () => {
  const allowed = statementsOf(stage.policies).flatMap(({ policy, actions }) =>
    actions.map((action) => `${policy.name} ${action}`),
  );
  expect([...stage.reasons.keys()].filter((permission) => !allowed.includes(permission))).toEqual([]);
});
