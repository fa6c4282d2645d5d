import { SITUATIONS } from './situations/index.ts';
import type { Situation } from './situations/situation.ts';
import type { Stage } from './stage.ts';
import { statementsOf } from './statements.ts';
import type { Permission } from './usage.ts';

export interface Findings {
  /** Situations that did not go well. */
  readonly failed: readonly string[];
  /** Every call that was refused, in words of AWS. */
  readonly refused: readonly string[];
  /** How many permissions the template holds: actions times resources of each allowing statement. */
  readonly allowed: number;
  readonly unused: readonly (Permission & { readonly reason?: string })[];
}

/** Plays situations with all permissions, and compares what the policies allow with what was used. */
export async function playAll(
  stage: Stage,
  situations: Readonly<Record<string, Situation>> = SITUATIONS,
): Promise<Findings> {
  const failed: string[] = [];
  const refused: string[] = [];
  for (const [name, situation] of Object.entries(situations)) {
    if (!(await situation(stage, () => {}))) failed.push(name);
    refused.push(...stage.refusals);
    await stage.restore();
  }
  const allowing = statementsOf(stage.policies).filter(({ effect }) => effect === 'Allow');
  return {
    failed,
    refused,
    allowed: allowing.reduce((sum, { actions, resources }) => sum + actions.length * resources.length, 0),
    unused: allowing
      .flatMap((statement) => stage.usage.unusedOf(statement))
      .map((permission) => {
        const reason = stage.reasons.get(`${permission.policy} ${permission.action}`);
        return { ...permission, ...(reason !== undefined && { reason }) };
      }),
  };
}
