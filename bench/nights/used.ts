import type { RunUsage } from '../../functions/shared/contracts.ts';
import type { Usage } from '../../local/meter.ts';

/** What the services were asked so far. Queues are not in it: who polls an idle one pays for that, whatever the runs do. */
export function usedSoFar({ dynamodb, s3, lambda, stepFunctions }: Usage): RunUsage {
  return {
    readUnits: sum(dynamodb, 'reads'),
    writeUnits: sum(dynamodb, 'writes'),
    s3Puts: sum(s3, 'puts'),
    s3Gets: sum(s3, 'gets'),
    invocations: sum(lambda, 'invocations'),
    gbSeconds: sum(lambda, 'gbSeconds'),
    stateTransitions: sum(stepFunctions, 'transitions'),
  };
}

export function usedBetween(before: RunUsage, after: RunUsage): RunUsage {
  return {
    readUnits: after.readUnits - before.readUnits,
    writeUnits: after.writeUnits - before.writeUnits,
    s3Puts: after.s3Puts - before.s3Puts,
    s3Gets: after.s3Gets - before.s3Gets,
    invocations: after.invocations - before.invocations,
    gbSeconds: after.gbSeconds - before.gbSeconds,
    stateTransitions: after.stateTransitions - before.stateTransitions,
  };
}

function sum<Unit extends string>(
  counts: Readonly<Record<string, Readonly<Record<Unit, number>>>>,
  unit: Unit,
): number {
  return Object.values(counts).reduce((total, each) => total + each[unit], 0);
}
