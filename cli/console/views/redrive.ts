import { describePlan } from '../../runs/describe-redrive.ts';
import { readRedrivePlan } from '../../runs/redrive-plan.ts';
import { obstacleOf, redriveRun, whyInVain } from '../../runs/redrive-run.ts';
import { UserError } from '../../user-error.ts';
import type { RedriveView } from '../api.ts';
import type { Host } from '../host.ts';

export async function redriveView({ stack }: Host, run: string): Promise<RedriveView> {
  const plan = await readRedrivePlan(run, stack);
  const obstacle = obstacleOf(plan, stack.call);
  const failsAgain = obstacle ? undefined : whyInVain(plan);
  return {
    text: obstacle ? '' : describePlan(plan).text,
    ...(obstacle && { obstacle: obstacle.message }),
    ...(failsAgain !== undefined && { failsAgain }),
  };
}

/** @throws UserError if it can't be done, or would fail again. */
export async function redriveNow(
  { stack }: Host,
  run: string,
  { evenIfItFails }: { readonly evenIfItFails: boolean },
): Promise<object> {
  const plan = await readRedrivePlan(run, stack);
  const obstacle = obstacleOf(plan, stack.call);
  if (obstacle) throw obstacle;
  const failsAgain = whyInVain(plan);
  if (failsAgain !== undefined && !evenIfItFails) throw new UserError(failsAgain);
  await redriveRun(plan, stack, { follow: false });
  return {};
}
