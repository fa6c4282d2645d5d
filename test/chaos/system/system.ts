import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clients, createClients } from '../../../cli/connect/clients.ts';
import { loadStack } from '../../../local/cloudformation/template.ts';
import type { FaultEffect } from '../../../local/customer-profiles/fault.ts';
import { createFaults, type Faults } from '../../../local/faults/faults.ts';
import { type EmbeddedStack, startStack, USER_CREDENTIALS } from '../../../local/stack.ts';
import type { Scenario } from '../types.ts';
import { type ArrivalLog, createArrivalLog } from './arrivals.ts';
import { createProfileFaults, type ProfileFaults } from './profile-faults.ts';
import { copyWithShortTimeouts, TIME_SCALE } from './template.ts';

/** Quick calls, so that a round is over soon; faults make them slow. */
const LATENCY_MS = { median: 30, spread: 0.5 };

/** The whole system on an embedded stack of its own, with everything that can break it. It can be restarted. */
export interface System {
  readonly folder: string;
  /** As of the last start. */
  readonly stack: EmbeddedStack;
  readonly clients: Clients;
  readonly functions: readonly string[];
  readonly arrivals: ArrivalLog;
  readonly profileFaults: ProfileFaults;
  readonly faults: Faults;
  /** Messages of calls that the policies did not allow. */
  readonly refused: string[];
  /** Over all starts. */
  calls(): number;
  profileFaultHits(): Readonly<Record<FaultEffect, number>>;
  output(name: string): string;
  /** How often it was restarted. */
  readonly restarts: number;
  /** Ends the stack, whatever it is at, and starts it again on what it kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSystem(
  { quota, batch }: Pick<Scenario, 'quota' | 'batch'>,
  template: string,
): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const cdkOut = copyWithShortTimeouts(template, join(folder, 'cdk.out'));
  const functions = loadStack(cdkOut).functions.map(({ name }) => name);
  const arrivals = createArrivalLog();
  const faults = createFaults({ spared: USER_CREDENTIALS.accessKeyId });
  const profileFaults = createProfileFaults();
  const refused: string[] = [];
  const ended: ReturnType<EmbeddedStack['customerProfiles']['stats']>[] = [];

  async function start(): Promise<{ stack: EmbeddedStack; clients: Clients }> {
    const stack = await startStack({
      cdkOut,
      stateDirectory: join(folder, 'state'),
      port: 0,
      timeScale: TIME_SCALE,
      settings: {
        putRatePerSecond: quota,
        otherRatesPerSecond: batch ? { BatchPutProfileObject: quota } : {},
        ...(batch && { batchCounts: batch.batchPermitFor }),
        latencyMs: LATENCY_MS,
      },
      onRefused: (message) => refused.push(message),
    });
    stack.endpoint.mount(arrivals.around(profileFaults.around(stack.customerProfiles)));
    for (const service of [stack.dynamodb, stack.s3, stack.sqs]) stack.endpoint.mount(faults.around(service));
    const clients = createClients({ endpoint: stack.url, region: stack.region, credentials: stack.credentials });
    return { stack, clients };
  }

  async function end(): Promise<void> {
    const { stack, clients } = running;
    clients.destroy();
    await stack.close();
  }

  const statistics = () => [...ended, running.stack.customerProfiles.stats()];
  let restarts = 0;
  let running = await start();
  return {
    folder,
    functions,
    arrivals,
    profileFaults,
    faults,
    refused,
    get stack() {
      return running.stack;
    },
    get clients() {
      return running.clients;
    },
    calls: () => statistics().reduce((sum, { calls }) => sum + calls, 0),
    profileFaultHits() {
      const total = { throttled: 0, error: 0, droppedBefore: 0, droppedAfter: 0, late: 0, delayed: 0 };
      for (const { faults: hits } of statistics()) {
        for (const effect of Object.keys(total) as FaultEffect[]) total[effect] += hits[effect];
      }
      return total;
    },
    output(name) {
      const value = running.stack.outputs[name];
      if (value === undefined) throw new Error(`The template has no output ${name}.`);
      return value;
    },
    get restarts() {
      return restarts;
    },
    async restart() {
      restarts += 1;
      await end();
      ended.push(running.stack.customerProfiles.stats());
      running = await start();
    },
    async stop() {
      arrivals.close();
      profileFaults.lift();
      await end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
