import type { CommandResult } from '../command-line.ts';
import type { ConnectedStack } from '../connect/connected-stack.ts';
import { describeCustomer } from './explain-text.ts';
import { mappedKey, readExplanation } from './explanation.ts';
import { verdictOf } from './verdict.ts';

/**
 * Everything about one customer.
 *
 * @param runs how many of the last runs are searched for rejected rows.
 * @throws UserError
 */
export async function explainCustomer(stack: ConnectedStack, argument: string, runs: number): Promise<CommandResult> {
  const explanation = await readExplanation(stack, mappedKey(argument, stack.mapping()), runs);
  const verdict = verdictOf(explanation, stack.call);
  return {
    text: describeCustomer(explanation, verdict),
    json: { verdict: verdict.text, ...explanation },
    failed: verdict.isUnknown,
  };
}
