/**
 * The program of an execution environment: imports the function's handler once and answers one event at a time, as
 * Lambda's Node.js runtime does. Started by environment.ts with the function's environment variables.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionError } from '../states/integrations.ts';
import type { EnvironmentMessage, InvokeMessage } from './messages.ts';

type Handler = (event: unknown, context: object) => unknown;

/** How often the memory in use is reported where the host cannot look into /proc. */
const MEMORY_REPORT_MS = 250;

/** The exit statuses of Lambda's Node.js runtime. */
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

let requestId: string | undefined;

// The host is gone, however it ended: nobody waits for the answer.
process.on('disconnect', () => process.exit());

process.on('uncaughtException', (error) => die(asFunctionError(error), EXIT_UNCAUGHT_EXCEPTION));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = asFunctionError(reason);
  const name = reason instanceof Error ? `${reason.name}: ` : '';
  const error = {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: `${name}${errorMessage}`,
    trace: trace ?? [],
  };
  die(error, EXIT_UNHANDLED_REJECTION);
});

if (process.platform !== 'linux') {
  setInterval(() => send({ type: 'memory', bytes: process.memoryUsage.rss() }), MEMORY_REPORT_MS).unref();
}

try {
  const handler = await importHandler(variable('LAMBDA_TASK_ROOT'), variable('_HANDLER'));
  process.on('message', (message: InvokeMessage) => void answer(handler, message));
  send({ type: 'ready' });
} catch (error) {
  send({ type: 'initFailed', error: asFunctionError(error) }, () => process.exit(1));
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  try {
    const returned = await handler(JSON.parse(message.payload), contextOf(message));
    const body = JSON.stringify(returned) ?? 'null';
    requestId = undefined;
    send({ type: 'result', requestId: message.requestId, body });
  } catch (error) {
    requestId = undefined;
    send({ type: 'error', requestId: message.requestId, error: asFunctionError(error) });
  }
}

function contextOf({ requestId: awsRequestId, deadline, functionArn }: InvokeMessage): object {
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: functionArn,
    // A string, as on AWS.
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function importHandler(root: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const [file, exported] = [name.slice(0, dot), name.slice(dot + 1)];
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(root, `${file}${extension}`)).find(existsSync);
  if (!path) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const handler = module[exported] ?? module.default?.[exported];
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  return handler as Handler;
}

function asFunctionError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

/** Reports the error as the answer of the event in work, if there is one, and ends the process. */
function die(error: FunctionError, status: number): void {
  if (requestId === undefined) process.exit(status);
  send({ type: 'error', requestId, error }, () => process.exit(status));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function variable(name: string): string {
  return process.env[name] ?? '';
}

function send(message: EnvironmentMessage, sent: () => void = () => {}): void {
  process.send?.(message, sent);
}
