/** `npm run least-privilege`: what the policies allow and what every feature together uses. Ends with 1 if they differ without a reason. */
import { type Findings, playAll } from './play.ts';
import { openStage } from './stage.ts';
import { withoutHash } from './statements.ts';

const stage = await openStage();
const findings = await playAll(stage).finally(() => stage.test.stop());
console.log(report(findings));
const isSound = findings.failed.length + findings.refused.length === 0;
process.exitCode = isSound && findings.unused.every(({ reason }) => reason !== undefined) ? 0 : 1;

function report({ failed, refused, allowed, unused }: Findings): string {
  return [
    ...failed.map((name) => `FAILED: ${name}`),
    ...refused.map((refusal) => `REFUSED: ${refusal}`),
    `Refused: ${refused.length} calls.`,
    `Used: ${allowed - unused.length} of ${allowed} permissions (an action on a resource, in one statement).`,
    ...unused.map(
      ({ policy, action, resource, reason = 'NO REASON IN THE CODE' }) =>
        `Not used: ${withoutHash(policy)}: ${action} on ${resource}\n  ${reason}`,
    ),
  ].join('\n');
}
