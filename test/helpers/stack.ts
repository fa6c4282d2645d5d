import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Clients, createClients } from '../../cli/connect/clients.ts';
import { type ConnectedStack, checkedOutputs, ratesOf } from '../../cli/connect/connected-stack.ts';
import { syncExport } from '../../cli/exports/sync-export.ts';
import { findExecution } from '../../cli/runs/find-run.ts';
import type { RunResult } from '../../cli/runs/follow-run.ts';
import { redriveRun } from '../../cli/runs/redrive-run.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import type { RunSummary } from '../../functions/shared/contracts.ts';
import { loadMapping } from '../../functions/shared/mapping/load.ts';
import type { BatchPermit } from '../../functions/shared/rate-budget/api-rates.ts';
import { type EmbeddedStack, type StackOptions, startStack } from '../../local/stack.ts';
import { synthesize } from '../../local/synth.ts';

/** Synthesized templates are named by their inputs, so all suites share them. */
export const TEMPLATES = join(tmpdir(), 'connect-profile-sync-test-templates');

export const DOMAIN = 'demo';
const MAPPING = 'mappings/customer.json';

/** The whole embedded stack in a folder of its own, and an operator's hands on it. */
export interface TestStack {
  readonly folder: string;
  readonly stack: EmbeddedStack;
  readonly clients: Clients;
  /** As a command works on it. */
  readonly connected: ConnectedStack;
  /** Uploads the export and follows its run to the end. */
  sync(name: string, content: string | Buffer, options?: { resync?: boolean }): Promise<RunResult>;
  /** Redrives a run and follows it to the end. */
  redrive(run: string): Promise<RunResult>;
  /** As `sync`, for a run that must succeed. */
  succeed(name: string, content: string | Buffer): Promise<{ runId: string; summary: RunSummary; rejected?: string }>;
  /** Ends the stack and keeps its state. */
  pause(): Promise<void>;
  stop(): Promise<void>;
}

interface TemplateOptions {
  readonly quota: number;
  /** @default - exports are sent one by one. */
  readonly batch?: { readonly batchQuota: string; readonly batchPermitFor: BatchPermit };
  readonly mapping?: string;
  /** Without one nobody watches the runs. */
  readonly schedule?: { readonly exportBy: string; readonly doneBy: string; readonly timeZone: string };
}

/** The cdk.out folder that `startTestStack` starts. */
export function testTemplate(options: TemplateOptions): Promise<string> {
  const { quota, batch = {}, mapping = MAPPING, schedule = {} } = options;
  const domain = { domainName: DOMAIN, createDomain: 'true', defaultExpirationDays: '366' };
  return synthesize({
    directory: TEMPLATES,
    context: { ...domain, mapping, quota: String(quota), ...batch, ...schedule },
  });
}

export interface TestStackOptions extends TemplateOptions {
  /** Of another app, in place of `testTemplate`. */
  readonly cdkOut?: string;
  readonly settings?: StackOptions['settings'];
  readonly timeScale?: number;
  /** Goes on with what this stack kept, once it was paused. */
  readonly after?: TestStack;
  readonly onRefused?: (message: string) => void;
  readonly onAllowed?: StackOptions['onAllowed'];
}

export async function startTestStack(options: TestStackOptions): Promise<TestStack> {
  const { quota, after } = options;
  const folder = after?.folder ?? (await mkdtemp(join(tmpdir(), 'connect-profile-sync-')));
  const stack = await startStack({
    cdkOut: options.cdkOut ?? (await testTemplate(options)),
    stateDirectory: join(folder, 'state'),
    port: 0,
    // Tests look at more profiles per second than the service lets anybody.
    settings: { putRatePerSecond: quota, otherRatesPerSecond: {}, ...options.settings },
    ...(options.timeScale && { timeScale: options.timeScale }),
    ...(options.onRefused && { onRefused: options.onRefused }),
    ...(options.onAllowed && { onAllowed: options.onAllowed }),
  });
  const clients = createClients({ endpoint: stack.url, region: stack.region, credentials: stack.credentials });
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() }) as unknown as NodeJS.WriteStream;

  const outputs = checkedOutputs(stack.outputs, 'of the test');
  const connected: ConnectedStack = {
    clients,
    outputs,
    ...ratesOf(outputs),
    runsFolder: join(folder, 'runs'),
    clock: systemClock,
    stream: silent,
    signal: new AbortController().signal,
    endsWithCommand: true,
    mapping: () => loadMapping(options.mapping ?? MAPPING),
    call: (command) => `npx profile-sync ${command}`,
  };

  async function sync(name: string, content: string | Buffer, { resync = false } = {}): Promise<RunResult> {
    const path = join(folder, name);
    await writeFile(path, content);
    const result = await syncExport(path, connected, { resync });
    if (!('status' in result)) throw result.error;
    return result;
  }

  async function pause(): Promise<void> {
    clients.destroy();
    await stack.close();
  }

  return {
    folder,
    stack,
    clients,
    connected,
    sync,
    redrive: async (run) => redriveRun(await findExecution(connected, run), connected),
    async succeed(name, content) {
      const result = await sync(name, content);
      if (!('summary' in result)) throw new Error(JSON.stringify(result));
      const { runId, summary, files } = result;
      return { runId, summary, ...(files?.rejected && { rejected: files.rejected }) };
    },
    pause,
    async stop() {
      await pause();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
