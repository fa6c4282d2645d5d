import { setTimeout as sleep } from 'node:timers/promises';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import type { Random } from './random.ts';
import { processFaults } from './system/processes.ts';
import { listRuns } from './system/runs.ts';
import type { System } from './system/system.ts';
import type { FaultKind, FaultPlan, ProfileFaultPlan } from './types.ts';

/** How long a stop waits for a run to stop. */
const PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 50;

/** Faults that happen once, and are counted when they have. */
export type OnceKind = Extract<FaultKind, 'crash' | 'timeout' | 'freeze' | 'stopRun' | 'restart'>;

const AWS_FAULTS = {
  awsErrors: 'error',
  awsThrottled: 'throttled',
  awsDroppedBefore: 'droppedBefore',
  awsDroppedAfter: 'droppedAfter',
} as const;

/** Lets a fault loose. Returns what still goes on of it by itself. */
export async function inject(
  fault: FaultPlan,
  system: System,
  random: Random,
  happened: (kind: OnceKind) => void,
): Promise<Promise<void>[]> {
  const processes = processFaults(system, random);
  const once = async (kind: OnceKind, done: Promise<boolean>): Promise<void> => {
    if (await done) happened(kind);
  };
  switch (fault.kind) {
    case 'throttleStorm':
    case 'serviceErrors':
    case 'droppedBefore':
    case 'droppedAfter':
    case 'latency':
      system.profileFaults.add(
        {
          ...profileFault(fault, random),
          share: fault.share,
          ...(fault.operation && { operation: fault.operation }),
        },
        fault.forMs,
      );
      return [];
    case 'unprocessedKeys':
      system.faults.inject({ ...fault, service: 'dynamodb' });
      return [];
    case 'awsErrors':
    case 'awsThrottled':
    case 'awsDroppedBefore':
    case 'awsDroppedAfter':
      system.faults.inject({ ...fault, kind: AWS_FAULTS[fault.kind] });
      return [];
    case 'crash':
      return [once('crash', processes.crash())];
    case 'timeout':
      return [once('timeout', processes.timeout())];
    case 'freeze':
      return [once('freeze', processes.freeze(fault.forMs))];
    case 'stopRun':
      return [once('stopRun', stopSomeRun(system, random))];
    case 'restart':
      await system.restart();
      happened('restart');
      return [];
  }
}

function profileFault(fault: ProfileFaultPlan, random: Random): Fault {
  switch (fault.kind) {
    case 'throttleStorm':
      return { error: 'ThrottlingException' };
    case 'serviceErrors':
      return { error: random.pick(['InternalServerException', 'ServiceUnavailable'] as const) };
    case 'droppedBefore':
      return { dropped: 'beforeWork' };
    case 'droppedAfter':
      return { dropped: 'afterWork' };
    case 'latency':
      return { extraLatencyMs: fault.extraMs };
  }
}

async function stopSomeRun(system: System, random: Random): Promise<boolean> {
  const giveUp = Date.now() + PATIENCE_MS;
  while (Date.now() < giveUp) {
    const running = (await listRuns(system)).filter(({ status }) => status === 'RUNNING');
    if (running.length > 0) {
      const { executionArn } = random.pick(running);
      await system.clients.sfn.send(new StopExecutionCommand({ executionArn, cause: 'Stopped by chaos.' }));
      return true;
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}
