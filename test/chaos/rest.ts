import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkedOutputs } from '../../cli/connect/connected-stack.ts';
import { findExecution } from '../../cli/runs/find-run.ts';
import { redriveRun } from '../../cli/runs/redrive-run.ts';
import { describeResult } from '../../cli/runs/run-result.ts';
import { UserError } from '../../cli/user-error.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import { goingOn } from './system/going-on.ts';
import { listRuns, type Run } from './system/runs.ts';
import type { System } from './system/system.ts';

/** Without faults, everything must be over by then. */
const REST_MS = 300_000;
const LOOK_AGAIN_MS = 250;
const CALL = (command: string): string => `npx profile-sync ${command}`;
/** A run that failed as often without faults fails for good. */
const MAX_REDRIVES = 3;

export interface Rest {
  /** What does not come to rest, in words. */
  readonly restless: readonly string[];
  /** What the redrive command printed. */
  readonly printed: string;
}

/**
 * Does what an operator does afterwards: redrives every run that did not succeed, until all have, the queue of live
 * events is empty, and nothing is at work any more.
 */
export async function comeToRest(system: System, uploads: readonly string[]): Promise<Rest> {
  const patience = AbortSignal.timeout(REST_MS);
  const redrives = new Map<string, number>();
  const restless = new Set<string>();
  const givenUp = new Set<string>();
  let printed = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });

  async function redrive({ runId, status }: Run): Promise<void> {
    const times = (redrives.get(runId) ?? 0) + 1;
    redrives.set(runId, times);
    if (times > MAX_REDRIVES) {
      givenUp.add(runId);
      restless.add(`Run ${runId} is ${status} after ${MAX_REDRIVES} redrives.`);
      return;
    }
    try {
      const stack = {
        clients: system.clients,
        outputs: checkedOutputs(system.stack.outputs, 'of the chaos'),
        quotas: { PutProfileObject: 1 },
        exportRate: { api: 'PutProfileObject' as const, recordsPerPermit: 1 },
        runsFolder: join(system.folder, 'runs'),
        clock: systemClock,
        stream: stream as unknown as NodeJS.WriteStream,
        endsWithCommand: true,
        call: CALL,
        // It stops a run that finds no end.
        signal: patience,
      };
      const result = await redriveRun(await findExecution(stack, runId), stack);
      printed += `${describeResult(result, CALL)}\n`;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      printed += `${error.message}\n`;
      givenUp.add(runId);
      restless.add(error.message);
    }
  }

  /** False if there is no such run. */
  async function redriveBroken(): Promise<boolean> {
    const ended = (await listRuns(system)).filter(({ status }) => status !== 'RUNNING' && status !== 'SUCCEEDED');
    const broken = ended.filter(({ runId }) => !givenUp.has(runId));
    await Promise.all(broken.map(redrive));
    return broken.length > 0;
  }

  for (;;) {
    const what = await goingOn(system, uploads);
    if (!(await redriveBroken()) && what === undefined) break;
    if (patience.aborted) {
      restless.add(`Not at rest after ${REST_MS / 1000} s without faults: ${what ?? 'runs are redriven'}.`);
      break;
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return { restless: [...restless], printed };
}
