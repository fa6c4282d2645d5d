import { DOMAIN } from '../helpers/stack.ts';
import { observeProfiles, observeRuns, takeDeadLetters } from './observe.ts';
import { readMapping } from './oracle/mapping.ts';
import { createRandom } from './random.ts';
import { comeToRest } from './rest.ts';
import { searchedTexts } from './searched-texts.ts';
import { performPhase } from './steps.ts';
import { type System, startSystem } from './system/system.ts';
import type { Arrival, Difference, FaultKind, Observation, Scenario, SearchedText } from './types.ts';

/** Sets the harness's own choices apart from those of the scenario. */
const CHOICES_OF_THE_ROUND = 7;

/** What became of a scenario. */
export interface Round {
  /** Of each phase, in their order. */
  readonly observations: readonly Observation[];
  /** What needs no oracle: the system did not come to rest, a call was refused, a profile belongs to nobody. */
  readonly differences: readonly Difference[];
  readonly arrivals: readonly Arrival[];
  readonly texts: readonly SearchedText[];
  readonly calls: number;
  /** Of all runs. */
  readonly rows: number;
  /** How often each fault hit something. */
  readonly faults: Readonly<Record<FaultKind, number>>;
}

/**
 * Runs the scenario on an embedded stack of its own, phase by phase, each to its rest.
 *
 * @param template the cdk.out folder of the scenario's mapping and quota.
 */
export async function runRound(scenario: Scenario, template: string): Promise<Round> {
  const system = await startSystem(scenario, template);
  try {
    return await runPhases(scenario, system);
  } finally {
    await system.stop();
  }
}

async function runPhases(scenario: Scenario, system: System): Promise<Round> {
  const { customerKey, deletes } = readMapping(scenario.mapping);
  const random = createRandom(scenario.seed, CHOICES_OF_THE_ROUND);
  const once = { crash: 0, timeout: 0, freeze: 0, stopRun: 0, restart: 0 };
  const observations: Observation[] = [];
  const differences: Difference[] = [];
  let printed = '';

  for (const [phase, plan] of scenario.phases.entries()) {
    const add = (whats: readonly string[]) => differences.push(...whats.map((what) => ({ phase, what })));
    const uploads = await performPhase(plan, system, random, (kind) => {
      once[kind] += 1;
    });
    system.profileFaults.lift();
    system.faults.lift();
    const rest = await comeToRest(system, uploads);
    add(rest.restless);
    printed += rest.printed;
    const known = new Set(observations.flatMap(({ runs }) => runs.map(({ runId }) => runId)));
    const { profiles, strays } = await observeProfiles(
      system,
      DOMAIN,
      customerKey.keyName,
      deletes?.action === 'object',
    );
    add(strays);
    observations.push({
      runs: await observeRuns(system, known),
      deadLetters: await takeDeadLetters(system),
      profiles,
    });
    add(system.refused.splice(0).map((message) => `A call was refused: ${message}`));
  }

  return {
    observations,
    differences,
    arrivals: system.arrivals.arrivals,
    texts: await searchedTexts(system, printed),
    calls: system.calls(),
    rows: observations.flatMap(({ runs }) => runs).reduce((sum, { summary }) => sum + (summary?.rows ?? 0), 0),
    faults: { ...once, ...lastingFaults(system) },
  };
}

function lastingFaults(system: System) {
  const profiles = system.profileFaultHits();
  const aws = system.faults.hits();
  return {
    throttleStorm: profiles.throttled,
    serviceErrors: profiles.error,
    droppedBefore: profiles.droppedBefore,
    droppedAfter: profiles.droppedAfter,
    latency: profiles.delayed,
    awsErrors: aws.error,
    awsThrottled: aws.throttled,
    awsDroppedBefore: aws.droppedBefore,
    awsDroppedAfter: aws.droppedAfter,
    unprocessedKeys: aws.unprocessedKeys,
  };
}
