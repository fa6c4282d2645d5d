import { describeStopped, stopRun } from '../../runs/stop-run.ts';
import type { StoppedView } from '../api.ts';
import type { Host } from '../host.ts';

export async function stopNow({ stack }: Host, run: string): Promise<StoppedView> {
  return { text: describeStopped(await stopRun(run, stack), stack).text };
}
