import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createClients } from '../../cli/connect/clients.ts';
import type { RunUsage } from '../../functions/shared/contracts.ts';
import { EXPORT_PREFIX } from '../../functions/shared/export/export-prefixes.ts';
import type { Fault } from '../../local/customer-profiles/fault.ts';
import { type EmbeddedStack, startStack } from '../../local/stack.ts';
import { startOtherCaller } from './other-caller.ts';
import { partsOf } from './parts.ts';
import type { System } from './systems.ts';
import { judge, type Truth, truthOf, type Verdict } from './truth.ts';
import { usedBetween, usedSoFar } from './used.ts';

/** The quota of an account, as AWS documents it: of all callers together. */
export const SERVICE_PER_SECOND = 100;
export const LATENCY = { median: 150, spread: 0.3 } as const;
const POLL_MS = 50;

/** An export that arrives. */
export interface Night {
  readonly name: string;
  /** Of the object key: the day that it is of. */
  readonly day: string;
  readonly csv: string;
  /** What it is to be compared with afterwards, if not with itself: an older export that comes late changes nothing. */
  readonly holds?: string;
}

export interface Played extends Verdict {
  readonly night: string;
  readonly truth: Truth;
  readonly calls: number;
  readonly throttled: number;
  /** From the upload to the end of the run. */
  readonly seconds: number;
  readonly used: RunUsage;
}

export interface Circumstances {
  /** Calls of another caller. */
  readonly othersPerSecond?: number;
  /** In how many files an export arrives, all at once. */
  readonly parts?: number;
  /** Of the service, counted from the upload on. */
  readonly fault?: Fault;
}

/** Plays the nights one after the other on a fresh embedded stack. */
export async function play(
  system: System,
  nights: readonly Night[],
  { othersPerSecond = 0, parts = 1, fault }: Circumstances = {},
): Promise<Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-nights-'));
  const stack = await startStack({
    cdkOut: await system.template(),
    stateDirectory: folder,
    port: 0,
    // What is looked at afterwards is searched for faster than the service lets anybody.
    settings: { putRatePerSecond: SERVICE_PER_SECOND, latencyMs: LATENCY, otherRatesPerSecond: {} },
  });
  const { url: endpoint, region, credentials, outputs } = stack;
  const clients = createClients({ endpoint, region, credentials });

  async function playOne(night: Night): Promise<Played> {
    const truth = await truthOf(night.csv);
    const runs = await system.ended(stack, clients);
    const before = snapshot(stack);
    stack.customerProfiles.configure({ fault });
    const others = othersPerSecond > 0 ? startOtherCaller(stack, othersPerSecond) : undefined;
    const startedAt = performance.now();
    await Promise.all(
      partsOf(night.csv, parts).map((Body, part) => {
        const Key = `${EXPORT_PREFIX}customers-${night.day}-${part}.csv`;
        return clients.s3.send(new PutObjectCommand({ Bucket: outputs.ExportBucketName, Key, Body }));
      }),
    );
    while ((await system.ended(stack, clients)) < runs + parts) await sleep(POLL_MS);
    const seconds = (performance.now() - startedAt) / 1000;
    const theirs = (await others?.stop()) ?? { calls: 0, throttled: 0 };
    const after = snapshot(stack);
    const verdict = night.holds
      ? await judge(clients, String(outputs.DomainName), await truthOf(night.holds), { late: truth })
      : await judge(clients, String(outputs.DomainName), truth, { known: others ? 1 : 0 });
    return {
      ...verdict,
      night: night.name,
      truth,
      calls: after.calls - before.calls - theirs.calls,
      throttled: after.throttled - before.throttled - theirs.throttled,
      seconds,
      used: usedBetween(before.used, after.used),
    };
  }

  try {
    const played: Played[] = [];
    for (const night of nights) played.push(await playOne(night));
    return played;
  } finally {
    clients.destroy();
    await stack.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function snapshot(stack: EmbeddedStack) {
  const { calls, throttled } = stack.customerProfiles.stats();
  return { calls, throttled, used: usedSoFar(stack.usage()) };
}
