import type { Random } from '../random.ts';
import type { FaultPlan, ProfileFaultPlan } from '../types.ts';

export interface FaultOptions {
  /** Whether there are live events, and so a queue whose calls can fail. */
  readonly hasQueue: boolean;
  /** Whether a function is stopped until its timeout, which holds up its customers longest. */
  readonly timesOut: boolean;
  /** Those that most of Customer Profiles' faults hit, where the mapping lets others be called than those that put objects. */
  readonly operations?: readonly FaultyOperation[];
}

/** Two to five faults of one phase; at most one of them ends a process or a run, since each of these holds customers up. */
export function makeFaults({ hasQueue, timesOut, operations }: FaultOptions, random: Random): FaultPlan[] {
  const wanted = random.int(2, 5);
  const faults: FaultPlan[] = timesOut ? [{ kind: 'timeout' }] : [];
  while (faults.length < wanted) {
    const fault = makeFault(hasQueue, random);
    if (!isOnce(fault) || !faults.some(isOnce)) faults.push(fault);
  }
  return operations ? faults.map((fault) => ofAnyOperation(fault, operations, random)) : faults;
}

type FaultyOperation = 'PutProfileObject' | NonNullable<ProfileFaultPlan['operation']>;

function ofAnyOperation(fault: FaultPlan, operations: readonly FaultyOperation[], random: Random): FaultPlan {
  if (!isOfProfiles(fault)) return fault;
  const operation = random.pick(operations);
  return operation === 'PutProfileObject' ? fault : { ...fault, operation };
}

const OF_PROFILES: readonly string[] = ['throttleStorm', 'serviceErrors', 'droppedBefore', 'droppedAfter', 'latency'];

function isOfProfiles(fault: FaultPlan): fault is ProfileFaultPlan {
  return OF_PROFILES.includes(fault.kind);
}

function isOnce(fault: FaultPlan): boolean {
  return !('share' in fault);
}

function makeFault(hasQueue: boolean, random: Random): FaultPlan {
  const lasting = () => ({ share: random.int(15, 80) / 100, forMs: random.int(1_500, 5_000) });
  const service = random.pick(hasQueue ? (['dynamodb', 's3', 'sqs'] as const) : (['dynamodb', 's3'] as const));
  return random.weighted<() => FaultPlan>([
    [() => ({ kind: 'throttleStorm', ...lasting() }), 2],
    [() => ({ kind: 'serviceErrors', ...lasting() }), 2],
    [() => ({ kind: 'droppedBefore', ...lasting() }), 2],
    [() => ({ kind: 'droppedAfter', ...lasting() }), 2],
    [() => ({ kind: 'latency', extraMs: random.int(100, 2_000), ...lasting() }), 2],
    [() => ({ kind: 'awsErrors', service, ...lasting() }), 2],
    [() => ({ kind: 'awsThrottled', service, ...lasting() }), 2],
    [() => ({ kind: 'awsDroppedBefore', service, ...lasting() }), 2],
    [() => ({ kind: 'awsDroppedAfter', service, ...lasting() }), 2],
    [() => ({ kind: 'unprocessedKeys', ...lasting() }), 2],
    [() => ({ kind: 'crash' }), 3],
    [() => ({ kind: 'freeze', forMs: random.int(200, 5_000) }), 3],
    [() => ({ kind: 'stopRun' }), 3],
    [() => ({ kind: 'restart' }), 3],
  ])();
}
