/**
 * The program of an execution environment: imports the function's handler once and answers one event at a time, as
 * Lambda's Node.js runtime does. Started by environment.ts with the function's environment variables.
 */
import type { FunctionError } from '../states/integrations.ts';
import { type Handler, loadHandler, named } from './load-handler.ts';
import type { EnvironmentMessage, InvokeMessage } from './messages.ts';

/** How often the memory in use is reported where the host cannot look into /proc. */
const MEMORY_REPORT_MS = 250;

/** The exit statuses of Lambda's Node.js runtime. */
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;
const NOTHING_LEFT =
  'Node.js ended while the function was at work: nothing was left that could settle the promise it waits for.';
/** Node's own status for a module whose top-level await never settles. */
const EXIT_UNSETTLED = 13;

let requestId: string | undefined;
let ready = false;

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

// The host keeps the process alive only while it waits for an event, so that a handler, or a module, which waits for
// something that can't come any more is noticed.
process.channel?.unref();
process.on('beforeExit', () => {
  const error = asFunctionError(named('Runtime.NodeJsExit', NOTHING_LEFT));
  if (!ready) send({ type: 'initFailed', error }, () => process.exit(EXIT_UNSETTLED));
  else die(error, EXIT_UNSETTLED);
});

if (process.platform !== 'linux') {
  setInterval(() => send({ type: 'memory', bytes: process.memoryUsage.rss() }), MEMORY_REPORT_MS).unref();
}

try {
  const handler = await loadHandler(variable('LAMBDA_TASK_ROOT'), variable('_HANDLER'));
  ready = true;
  process.on('message', (message: InvokeMessage) => void answer(handler, message));
  process.channel?.ref();
  send({ type: 'ready' });
} catch (error) {
  send({ type: 'initFailed', error: asFunctionError(error) }, () => process.exit(1));
}

async function answer(handler: Handler, message: InvokeMessage): Promise<void> {
  requestId = message.requestId;
  process.channel?.unref();
  let said: EnvironmentMessage;
  try {
    const returned = await handler(JSON.parse(message.payload), contextOf(message));
    said = { type: 'result', requestId: message.requestId, body: asJson(returned) };
  } catch (error) {
    said = { type: 'error', requestId: message.requestId, error: asFunctionError(error) };
  }
  process.channel?.ref();
  requestId = undefined;
  send(said);
}

function asJson(returned: unknown): string {
  try {
    return JSON.stringify(returned) ?? 'null';
  } catch {
    throw named('Runtime.JSONStringifyError', 'Unable to stringify response body');
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

function asFunctionError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] };
}

/** Reports the error as the answer of the event in work, if there is one, and ends the process. */
function die(error: FunctionError, status: number): void {
  if (requestId === undefined) process.exit(status);
  send({ type: 'error', requestId, error }, () => process.exit(status));
}

function variable(name: string): string {
  return process.env[name] ?? '';
}

function send(message: EnvironmentMessage, sent: () => void = () => {}): void {
  process.send?.(message, sent);
}
