import { givenUpTooEarly } from './given-up.ts';
import { leaks } from './leaks.ts';
import { Oracle } from './oracle/oracle.ts';
import { rateDifferences } from './rate-windows.ts';
import type { Round } from './round.ts';
import type { Difference, Scenario, SearchedText } from './types.ts';

/** Places that every round leaves texts in: a search that did not read them proves nothing. */
const ALWAYS_SEARCHED = [
  /\/SyncChunk\.log$/,
  /metrics\.jsonl$/,
  /^Step Functions: executions$/,
  /^Step Functions: events$/,
  /^RunTable$/,
  /summary\.json$/,
];

/** All that is not as it must be in what became of a scenario. */
export function judge(scenario: Scenario, round: Round): Difference[] {
  const last = scenario.phases.length - 1;
  const permitFor = scenario.batch?.batchPermitFor;
  return [
    ...round.differences,
    ...oracleDifferences(scenario, round),
    ...(['PutProfileObject', 'BatchPutProfileObject'] as const).flatMap((api) =>
      rateDifferences(
        last,
        round.arrivals
          .filter((arrival) => arrival.api === api)
          .map((arrival) => ({ ...arrival, permits: permitFor === 'item' ? arrival.records : 1 })),
        scenario.quota,
      ),
    ),
    ...leaks(scenario, last, round.texts),
    ...[givenUpTooEarly(round), ...unsearched(round.texts)].flatMap((what) => (what ? [{ phase: last, what }] : [])),
  ];
}

/** Of the first phase that has any: what comes after it proves nothing. */
function oracleDifferences(scenario: Scenario, { observations }: Round): Difference[] {
  const oracle = new Oracle(scenario);
  for (const observation of observations) {
    const differences = oracle.differences(observation);
    if (differences.length > 0) return differences;
  }
  return [];
}

function unsearched(texts: readonly SearchedText[]): string[] {
  const missing = ALWAYS_SEARCHED.filter((place) => !texts.some((one) => place.test(one.place) && one.text !== ''));
  return missing.map((place) => `The search for customer data found nothing to read in ${place}.`);
}
