import { leaks } from './leaks.ts';
import { Oracle } from './oracle/oracle.ts';
import { rateDifferences } from './rate-windows.ts';
import type { Round } from './round.ts';
import type { Difference, Scenario } from './types.ts';

/** All that is not as it must be in what became of a scenario. */
export function judge(scenario: Scenario, round: Round): Difference[] {
  const last = scenario.phases.length - 1;
  return [
    ...round.differences,
    ...oracleDifferences(scenario, round),
    ...rateDifferences(last, round.arrivals, scenario.quota),
    ...leaks(scenario, last, round.texts),
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
