import { testTemplate } from '../helpers/stack.ts';
import { judge } from './judge.ts';
import { type Round, runRound } from './round.ts';
import type { Difference, Scenario } from './types.ts';

export interface Played {
  readonly round: Round;
  readonly differences: readonly Difference[];
}

/** @param template in place of that of the product as it is. */
export async function play(scenario: Scenario, template?: string): Promise<Played> {
  const round = await runRound(scenario, template ?? (await testTemplate(scenario)));
  return { round, differences: judge(scenario, round) };
}
