import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { EnvironmentMessage } from './messages.ts';

/** Often enough to stop a runaway before the laptop swaps. */
const LOOK_MS = 250;

/**
 * Calls `exceeded` once if the process uses more than `limitMb`, which Lambda counts for everything in the environment
 * and V8 only for its heap. Returns what ends the watch.
 */
export function watchMemory(child: ChildProcess, limitMb: number, exceeded: () => void): () => void {
  const limit = limitMb * 1024 * 1024;
  let watching = true;
  const check = (bytes: number | undefined): void => {
    if (!watching || bytes === undefined || bytes <= limit) return;
    stop();
    exceeded();
  };
  const hear = (message: EnvironmentMessage): void => {
    if (message.type === 'memory') check(message.bytes);
  };
  child.on('message', hear);
  const timer = setInterval(() => void privateMemory(child.pid).then(check), LOOK_MS);
  function stop(): void {
    watching = false;
    clearInterval(timer);
    child.off('message', hear);
  }
  return stop;
}

/** Bytes that only this process has, without the pages of the Node binary that all share; undefined without /proc. */
async function privateMemory(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    // The process is gone, or the system has no /proc: there the process reports its memory itself.
    return undefined;
  }
}
