import { cost } from '../../functions/shared/cost/prices.ts';
import type { Usage } from '../../local/meter.ts';

/** What one or more runs used. Queues are not in it: who polls an idle one pays for that, whatever the runs do. */
export interface Bill {
  readonly reads: number;
  readonly writes: number;
  readonly puts: number;
  readonly gets: number;
  readonly invocations: number;
  readonly gbSeconds: number;
  readonly transitions: number;
}

export function billOf({ dynamodb, s3, lambda, stepFunctions }: Usage): Bill {
  return {
    reads: sum(dynamodb, 'reads'),
    writes: sum(dynamodb, 'writes'),
    puts: sum(s3, 'puts'),
    gets: sum(s3, 'gets'),
    invocations: sum(lambda, 'invocations'),
    gbSeconds: sum(lambda, 'gbSeconds'),
    transitions: sum(stepFunctions, 'transitions'),
  };
}

export function difference(after: Bill, before: Bill): Bill {
  return {
    reads: after.reads - before.reads,
    writes: after.writes - before.writes,
    puts: after.puts - before.puts,
    gets: after.gets - before.gets,
    invocations: after.invocations - before.invocations,
    gbSeconds: after.gbSeconds - before.gbSeconds,
    transitions: after.transitions - before.transitions,
  };
}

/** US dollars. */
export function dollars({ reads, writes, puts, gets, invocations, gbSeconds, transitions }: Bill): number {
  return (
    cost('dynamoRead', reads) +
    cost('dynamoWrite', writes) +
    cost('s3Put', puts) +
    cost('s3Get', gets) +
    cost('lambdaRequest', invocations) +
    cost('lambdaTime', gbSeconds) +
    cost('transition', transitions)
  );
}

function sum<Unit extends string>(
  counts: Readonly<Record<string, Readonly<Record<Unit, number>>>>,
  unit: Unit,
): number {
  return Object.values(counts).reduce((total, each) => total + each[unit], 0);
}
