import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playAll } from './play.ts';
import { aLiveEventThatClears, aRunThatClears, aRunThatDeletes, CLEARING, deleting } from './situations/settings.ts';
import type { Situation } from './situations/situation.ts';
import { openStageWith, type Stage, type StageSettings, stagePolicies } from './stage.ts';
import { byAction, refusalOf, statementsOf, titleOf } from './statements.ts';

interface Deployment {
  readonly what: string;
  readonly settings: StageSettings;
  /** By the function whose permissions they need. */
  readonly situations: Readonly<Record<string, Situation>>;
  /** What the function of an export is allowed that no situation uses. */
  readonly unused?: string;
}

const DEPLOYMENTS: readonly Deployment[] = [
  {
    what: 'exports in batches and a mapping that clears',
    settings: { mapping: CLEARING, batch: { batchQuota: '40', batchPermitFor: 'item' } },
    situations: { SyncChunk: aRunThatClears },
    unused: 'profile:PutProfileObject',
  },
  {
    what: 'live events and a mapping that clears',
    settings: { mapping: CLEARING },
    situations: { SyncChunk: aRunThatClears, SyncEvent: aLiveEventThatClears },
  },
  {
    what: 'a mapping that deletes objects',
    settings: { mapping: deleting('object') },
    situations: { SyncChunk: aRunThatDeletes },
  },
  {
    what: 'a mapping that deletes profiles',
    settings: { mapping: deleting('profile') },
    situations: { SyncChunk: aRunThatDeletes },
  },
];

const isOfProfiles = (action: string) => action.startsWith('profile:');

for (const { what, settings, situations, unused } of DEPLOYMENTS) {
  const policies = await stagePolicies(settings);
  const permissions = Object.entries(situations).flatMap(([part, situation]) =>
    statementsOf(policies)
      .filter(({ policy }) => policy.name.includes(part))
      .flatMap(byAction)
      .filter(({ actions: [action = ''] }) => isOfProfiles(action) && action !== unused)
      .map((permission) => [titleOf(permission), permission, situation] as const),
  );

  describe(`with ${what}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStageWith(settings);
    });
    afterAll(() => stage.test.stop());
    afterEach(() => stage.restore());

    it('all goes well, nothing is refused, and what is not used is allowed for a reason', async () => {
      const findings = await playAll(stage, situations);
      expect([...findings.failed, ...findings.refused]).toEqual([]);
      const ofWorkers = findings.unused.filter(
        ({ policy, action }) => isOfProfiles(action) && Object.keys(situations).some((part) => policy.includes(part)),
      );
      expect(ofWorkers.filter(({ reason }) => reason === undefined)).toEqual([]);
    });

    it.each(permissions)(
      'and without %s, something fails and says what is refused',
      async (_, permission, situation) => {
        const wentWell = await situation(stage, () => stage.takeAway(permission));
        expect(stage.refusals.filter(refusalOf(permission))).not.toEqual([]);
        expect(wentWell).toBe(false);
      },
    );
  });
}
