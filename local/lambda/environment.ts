import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FunctionError } from '../states/integrations.ts';
import { watchMemory } from './memory.ts';
import type { EnvironmentMessage, InvokeMessage } from './messages.ts';

const RUNTIME = fileURLToPath(new URL('./runtime.ts', import.meta.url));

/** Lambda gives an init 10 s. Dozens of environments that start at once on a laptop of two cores may need longer. */
export const INIT_TIMEOUT_MS = 60_000;

/** The part of the memory that Lambda's Node.js runtime gives to the heap of V8. */
export const HEAP_SHARE = 0.9;

/** What an execution environment is started with. */
export interface EnvironmentOptions {
  readonly codeDirectory: string;
  readonly memoryMb: number;
  /** Every variable that the process sees. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its own folder for temporary files, removed with the environment. */
  readonly temporaryDirectory: string;
  /** How long the import of the handler may take. */
  readonly initTimeoutMs: number;
  /** Hears each line of standard output and error. */
  readonly onLine: (line: string) => void;
}

/** The answer to one event: JSON text, or the error that the function ended with. */
export type Answer = { readonly body: string } | { readonly functionError: FunctionError };

/** One execution environment: a process of its own with the handler imported once. */
export interface Environment {
  readonly pid: number | undefined;
  /** False once the process ended or was told to; it takes no event any more. */
  readonly alive: boolean;
  /** Has the handler answer one event; never rejects. A crash, a timeout and a failed import are answers, too. */
  run(event: { requestId: string; payload: string; functionArn: string; timeoutSeconds: number }): Promise<Answer>;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

export function startEnvironment({
  codeDirectory,
  memoryMb,
  variables,
  temporaryDirectory,
  initTimeoutMs,
  onLine,
}: EnvironmentOptions): Environment {
  const child = fork(RUNTIME, [], {
    cwd: codeDirectory,
    env: { ...variables },
    execArgv: [`--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A session of its own: Ctrl-C in the terminal is for the host, which lets events end or not as it decides.
    detached: true,
  });
  let alive = true;
  let hear: (message: EnvironmentMessage) => void = () => {};
  child.on('message', (message: EnvironmentMessage) => hear(message));
  for (const stream of [child.stdout, child.stderr]) if (stream) readLines(stream, onLine);

  // Both: the exit may be noticed before the last message was read.
  const disconnected = new Promise<void>((resolve) => child.once('disconnect', resolve));
  const ended = new Promise<string>((resolve) => {
    const over = (reason: string): void => {
      alive = false;
      rmSync(temporaryDirectory, { recursive: true, force: true });
      if (child.connected) disconnected.then(() => resolve(reason));
      else resolve(reason);
    };
    child.once('exit', (code, signal) => over(exitReason(code, signal)));
    // Only a process that could not be started has no exit; an error of a message is followed by one.
    child.on('error', () => child.pid === undefined && over('Runtime could not be started'));
  });
  const initialised = new Promise<FunctionError | undefined>((resolve) => {
    hear = (message) => {
      if (message.type === 'ready') resolve(undefined);
      if (message.type === 'initFailed') {
        alive = false;
        resolve(message.error);
      }
    };
  });

  function kill(): void {
    alive = false;
    child.kill('SIGKILL');
  }

  /** The first of: what the process says, its end, the deadline. */
  async function race<T>(said: Promise<T>, ms: number): Promise<{ said: T } | { exit: string } | 'timeout'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, ms, 'timeout');
    });
    try {
      return await Promise.race([said.then((value) => ({ said: value })), ended.then((exit) => ({ exit })), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    pid: child.pid,
    get alive() {
      return alive;
    },
    async run({ requestId, payload, functionArn, timeoutSeconds }) {
      const init = await race(initialised, initTimeoutMs);
      if (init === 'timeout') {
        kill();
        return timedOut(requestId, initTimeoutMs / 1000);
      }
      if ('exit' in init) return exited(requestId, init.exit);
      if (init.said) return { functionError: init.said };

      const stopWatching = watchMemory(child, memoryMb, kill);
      const answered = new Promise<Answer>((resolve) => {
        hear = (message) => {
          if (!('requestId' in message) || message.requestId !== requestId) return;
          resolve(message.type === 'result' ? { body: message.body } : { functionError: message.error });
        };
      });
      const deadline = Date.now() + timeoutSeconds * 1000;
      child.send({ type: 'invoke', requestId, payload, deadline, functionArn } satisfies InvokeMessage, () => {});
      const answer = await race(answered, timeoutSeconds * 1000);
      stopWatching();
      if (answer === 'timeout') {
        kill();
        return timedOut(requestId, timeoutSeconds);
      }
      return 'exit' in answer ? exited(requestId, answer.exit) : answer.said;
    },
    async close() {
      kill();
      await ended;
    },
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal)
    return `Runtime exited with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal === 'SIGABRT' ? 'aborted' : signal}`;
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
}

function exited(requestId: string, reason: string): Answer {
  return {
    functionError: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` },
  };
}

function timedOut(requestId: string, seconds: number): Answer {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { functionError: { errorType: 'Sandbox.Timedout', errorMessage } };
}
