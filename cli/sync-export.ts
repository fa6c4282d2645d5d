import { join } from 'node:path';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Clock } from '../functions/shared/clock.ts';
import type { RunSummary } from '../functions/shared/contracts.ts';
import type { Clients } from './clients.ts';
import { createProgressDisplay } from './progress-display.ts';
import { findRun, startResync, untilEnded } from './run.ts';
import { fetchRunFiles, type RunFiles } from './run-files.ts';
import { readRunProgress } from './run-progress.ts';
import { uploadExport } from './upload.ts';

const RESYNC_PREFIX = 'resync/';

/** What `npm run sync` needs of the stack, by the names of its outputs. */
export interface StackOutputs {
  readonly ExportBucketName: string;
  readonly ExportPrefix: string;
  readonly StateMachineArn: string;
  readonly RunTableName: string;
}

export type SyncResult =
  | { readonly runId: string; readonly status: 'SUCCEEDED'; readonly summary: RunSummary; readonly files: RunFiles }
  | { readonly runId: string; readonly status: string; readonly error: string; readonly cause: string };

/** The main job: uploads an export, follows the run that it starts, and fetches what the run leaves behind. */
export async function syncExport(options: {
  readonly clients: Clients;
  readonly outputs: StackOutputs;
  readonly path: string;
  readonly quota: number;
  /** Send every row, also those that the ledger knows as unchanged or refused. */
  readonly resync: boolean;
  /** Where the run's files go, in a folder of the run's name. */
  readonly runsFolder: string;
  readonly clock: Clock;
  readonly stream: NodeJS.WriteStream;
  /** Aborted by Ctrl-C: the run is stopped, and what it synced is kept in the ledger. */
  readonly signal: AbortSignal;
}): Promise<SyncResult> {
  const { clients, outputs, clock, stream } = options;
  const say = (line: string) => stream.write(`${line}\n`);

  say(`Uploading ${options.path} …`);
  // Under another prefix the rule starts no run: a resync is started by hand.
  const target = { bucket: outputs.ExportBucketName, prefix: options.resync ? RESYNC_PREFIX : outputs.ExportPrefix };
  const uploaded = await uploadExport(clients, options.path, target);
  const executionArn = options.resync
    ? await startResync(clients.sfn, outputs.StateMachineArn, uploaded)
    : await findRun(clients.sfn, outputs.StateMachineArn, uploaded, clock);
  const runId = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  say(`Run ${runId} started.`);

  const stop = () => {
    say('Stopping the run …');
    clients.sfn.send(new StopExecutionCommand({ executionArn, cause: 'Stopped by the user.' })).catch(() => {
      say(`Run ${runId} could not be stopped; it goes on.`);
    });
  };
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();

  const display = createProgressDisplay({ stream, quota: options.quota, now: clock.now });
  const execution = await untilEnded(clients.sfn, executionArn, clock, async () => {
    display.show(await readRunProgress(clients.dynamo, outputs.RunTableName, runId));
  });
  display.end();
  options.signal.removeEventListener('abort', stop);

  if (execution.status !== 'SUCCEEDED' || !execution.output) {
    const { status = 'FAILED', error = 'unknown', cause = '' } = execution;
    return { runId, status, error, cause };
  }
  const summary = JSON.parse(execution.output) as RunSummary;
  const files = await fetchRunFiles(clients.s3, summary.files, join(options.runsFolder, runId));
  return { runId, status: 'SUCCEEDED', summary, files };
}
