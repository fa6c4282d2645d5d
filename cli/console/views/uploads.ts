import type { IncomingMessage } from 'node:http';
import { checkExport } from '../../exports/check-export.ts';
import { uploadFile } from '../../exports/upload-file.ts';
import { checkExportTime, exportTarget, type UploadTarget } from '../../exports/upload-target.ts';
import { checkResubmission } from '../../rejected/resubmit.ts';
import { runIdOf } from '../../runs/follow-run.ts';
import { startByHand, startedRunFinder } from '../../runs/started-run.ts';
import type { StartedView, UploadedView } from '../api.ts';
import type { Host } from '../host.ts';
import { textIn, wholeNumberIn } from '../query.ts';
import { withReceivedFile } from '../received-file.ts';
import { FOREVER } from '../run-reads.ts';

interface Upload {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Aborted by Ctrl-C, and when the page goes away. */
  readonly signal: AbortSignal;
}

/** @throws UserError if the file is none for a run; nothing was uploaded then. */
export function uploadNow(host: Host, { request, query, signal }: Upload): Promise<UploadedView> {
  const { stack, folder } = host;
  const name = textIn(query, 'name');
  const resync = query.get('resync') === 'true';
  const mapping = stack.mapping();
  const target = exportTarget(stack, name, { resync });
  checkExportTime(target, mapping, stack.clock.now());
  return withReceivedFile(request, { folder, name, signal }, async (path) => {
    await checkExport(path, mapping, name);
    const uploaded = await upload(host, path, target, signal);
    if (!resync) return uploaded;
    const { clients, outputs } = stack;
    const exported = { ...target, ...uploaded };
    const started = await startByHand(clients.sfn, outputs.StateMachineArn, exported, { resync: true });
    return { ...uploaded, runId: runIdOf(started) };
  });
}

/** @throws UserError if the file is not one of this run, or nothing in it was corrected; nothing was uploaded then. */
export function resubmitNow(host: Host, run: string, { request, query, signal }: Upload): Promise<UploadedView> {
  const { stack, folder } = host;
  const name = textIn(query, 'name');
  return withReceivedFile(request, { folder, name, signal }, async (path) => {
    const yes = query.get('insists') === 'true';
    const { target, lines } = await checkResubmission(stack, path, name, { of: run, yes });
    return { ...(await upload(host, path, target, signal)), note: lines.join('\n') };
  });
}

async function upload(
  { stack }: Host,
  path: string,
  target: UploadTarget,
  signal: AbortSignal,
): Promise<{ key: string; versionId: string | undefined; startedAt: number }> {
  const startedAt = stack.clock.now();
  const versionId = await uploadFile(stack.clients.s3, path, target, { signal, onProgress: () => {} });
  return { key: target.key, versionId, startedAt };
}

/** Looks for the run of an upload; the runs that it has looked at once it does not ask for again. */
export async function startedView({ stack, recall }: Host, query: URLSearchParams): Promise<StartedView> {
  const key = textIn(query, 'key');
  const versionId = query.get('versionId') ?? undefined;
  const startedAt = wholeNumberIn(query, 'since', { min: 0, max: Number.MAX_SAFE_INTEGER, otherwise: 0 });
  const { clients, outputs } = stack;
  const uploaded = { key, versionId, startedAt };
  const look = await recall(`finder ${JSON.stringify(uploaded)}`, FOREVER, async () =>
    startedRunFinder(clients.sfn, outputs.StateMachineArn, uploaded),
  );
  const executionArn = await look();
  return { runId: executionArn === undefined ? undefined : runIdOf(executionArn) };
}
