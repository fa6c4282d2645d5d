import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionModel } from '../cloudformation/model.ts';
import { arn } from '../cloudformation/resource-type.ts';
import type { Access, Refusal, RolePrincipal } from '../iam/access.ts';
import type { Logs } from '../logs/logs.ts';
import type { Count } from '../meter.ts';
import type { Service } from '../service.ts';
import { IntegrationError } from '../states/errors.ts';
import type { FunctionError, LambdaResult } from '../states/integrations.ts';
import { type Answer, INIT_TIMEOUT_MS, startEnvironment } from './environment.ts';
import { createEventQueue, type QueuedEvent } from './event-queue.ts';
import { handleInvoke } from './invoke-api.ts';
import { createPool, type EnvironmentPool } from './pool.ts';
import { reservedVariables } from './variables.ts';

/** Request and response of a synchronous call. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

export interface FunctionInput extends FunctionModel {
  /** Signs the function's calls, so that the stack knows which role makes them. */
  readonly accessKeyId: string;
}

/** A function as the services see it that it calls, and that Lambda calls for it. */
export function executionRole({ name, roleArn }: Pick<FunctionModel, 'name' | 'roleArn'>): RolePrincipal {
  return { role: roleArn, service: 'lambda.amazonaws.com', session: name };
}

export interface LambdaService extends Service {
  createFunction(input: FunctionInput): void;
  /**
   * Has the function (name or ARN) answer one event. An error that the function ended with is a result; what the
   * service refuses is thrown. `signal` ends the wait, not the function, as on AWS.
   *
   * @throws IntegrationError `Lambda.TooManyRequestsException`, `Lambda.ResourceNotFoundException`, `Lambda.RequestTooLargeException`
   */
  invoke(nameOrArn: string, payload: unknown, options?: { signal?: AbortSignal }): Promise<LambdaResult>;
  /**
   * Takes an event that nobody waits for: one that the function fails is tried twice again, by the same request id.
   *
   * @throws IntegrationError `Lambda.ResourceNotFoundException`
   */
  invokeLater(nameOrArn: string, payload: unknown): void;
  /** Takes no more such events, and waits for those at work; those that wait for another try are given up. */
  closeQueue(): Promise<void>;
  /** The processes of a function's execution environments. */
  environments(nameOrArn: string): readonly { pid: number | undefined; busy: boolean }[];
}

interface FunctionState {
  readonly input: FunctionInput;
  readonly pool: EnvironmentPool;
  /** Events in work. */
  running: number;
}

export interface LambdaOptions {
  /** Each environment has here what Lambda has in /tmp. */
  readonly directory: string;
  /** Where the functions find AWS. */
  readonly endpointUrl: string;
  readonly logs: Logs;
  /** The waits before another try are multiplied by it; 1 by default. */
  readonly timeScale?: number;
  /** How long the import of a handler may take; a minute by default. */
  readonly initTimeoutMs?: number;
  /** Asked of every call by HTTP. */
  readonly refuse?: Refusal;
  /** Hears of an event that every try failed. */
  readonly onLost?: (event: QueuedEvent, error: FunctionError) => void;
  readonly count?: Count<'lambda'>;
}

export function createLambda(options: LambdaOptions): LambdaService {
  const functions = new Map<string, FunctionState>();

  function find(nameOrArn: string): FunctionState {
    const name = /^arn:aws:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
    const found = functions.get(name);
    if (!found) throw new IntegrationError('Lambda.ResourceNotFoundException', `Function not found: ${arnOf(name)}`);
    return found;
  }

  function poolOf(input: FunctionInput): EnvironmentPool {
    return createPool(() => {
      const logStream = `${input.name}-${randomUUID().slice(0, 8)}`;
      const temporaryDirectory = join(options.directory, logStream);
      mkdirSync(temporaryDirectory, { recursive: true });
      return startEnvironment({
        codeDirectory: input.codeDirectory,
        memoryMb: input.memoryMb,
        temporaryDirectory,
        initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
        variables: {
          ...input.environment,
          ...reservedVariables({ ...input, logStream, temporaryDirectory, endpointUrl: options.endpointUrl }),
        },
        onLine: (line) => options.logs.write(input.logGroup, logStream, line, executionRole(input)),
      });
    });
  }

  async function run(state: FunctionState, payload: string, requestId: string): Promise<Answer> {
    const { input, pool } = state;
    const { timeoutSeconds } = input;
    const environment = pool.take();
    state.running++;
    const started = performance.now();
    try {
      const answer = await environment.run({ requestId, payload, functionArn: arnOf(input.name), timeoutSeconds });
      const failure = 'functionError' in answer ? ` Status: error Error Type: ${answer.functionError.errorType}` : '';
      for (const [metric, value] of Object.entries({ Invocations: 1, Errors: failure ? 1 : 0 })) {
        options.logs.metrics.record('AWS/Lambda', metric, { FunctionName: input.name }, [value]);
      }
      const milliseconds = performance.now() - started;
      countInvocation(input, milliseconds);
      const duration = `Duration: ${milliseconds.toFixed(2)} ms`;
      const report = `REPORT RequestId: ${requestId} ${duration}${failure}`;
      options.logs.write(input.logGroup, 'platform', report, executionRole(input));
      return answer;
    } finally {
      state.running--;
      pool.giveBack(environment);
    }
  }

  function countInvocation({ name, memoryMb }: FunctionInput, milliseconds: number): void {
    const billed = Math.ceil(milliseconds);
    options.count?.(name, 'invocations');
    options.count?.(name, 'milliseconds', billed);
    options.count?.(name, 'gbSeconds', (billed / 1000) * (memoryMb / 1024));
  }

  /** Payload and answer are JSON text. */
  async function invokeText(nameOrArn: string, payload: string, signal?: AbortSignal): Promise<Answer> {
    const state = find(nameOrArn);
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      const cause = `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${MAX_PAYLOAD_BYTES} bytes)`;
      throw new IntegrationError('Lambda.RequestTooLargeException', cause);
    }
    const { reservedConcurrency } = state.input;
    if (reservedConcurrency !== undefined && state.running >= reservedConcurrency) {
      throw new IntegrationError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    }
    const answer = await unlessAborted(run(state, payload, randomUUID()), signal);
    if (!('body' in answer) || Buffer.byteLength(answer.body) <= MAX_PAYLOAD_BYTES) return answer;
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
    return { functionError: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
  }

  const queue = createEventQueue({
    attempt: ({ name, payload, requestId }) => run(find(name), payload, requestId),
    sleep: (milliseconds, signal) => sleep(milliseconds * (options.timeScale ?? 1), undefined, { signal }),
    onLost: options.onLost ?? (() => {}),
  });

  return {
    signingName: 'lambda',
    createFunction(input) {
      functions.set(input.name, { input, pool: poolOf(input), running: 0 });
    },
    async invoke(nameOrArn, payload, { signal } = {}) {
      const answer = await invokeText(nameOrArn, JSON.stringify(payload), signal);
      if ('functionError' in answer) return answer;
      return { statusCode: 200, executedVersion: '$LATEST', payload: JSON.parse(answer.body) as unknown };
    },
    invokeLater(nameOrArn, payload) {
      queue.add({ name: find(nameOrArn).input.name, payload: JSON.stringify(payload), requestId: randomUUID() });
    },
    closeQueue: () => queue.close(),
    environments: (nameOrArn) => find(nameOrArn).pool.environments(),
    handle: (request, response, caller) =>
      handleInvoke(request, response, async (name, payload) => {
        const refusal = options.refuse?.(caller, invokeAccess(name));
        if (refusal) throw new IntegrationError('Lambda.AccessDeniedException', refusal);
        return invokeText(name, payload);
      }),
    async close() {
      await queue.close();
      await Promise.all([...functions.values()].map(({ pool }) => pool.close()));
    },
  };
}

export function invokeAccess(nameOrArn: string): Access {
  const resource = nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(nameOrArn);
  return { action: 'lambda:InvokeFunction', resource };
}

const arnOf = (name: string): string => arn('lambda', `function:${name}`);

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
