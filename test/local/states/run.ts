import type { Clock } from '../../../local/states/clock.ts';
import { loadDefinition } from '../../../local/states/definition.ts';
import { type RunningExecution, redriveExecution, startExecution } from '../../../local/states/execution.ts';
import type { HistoryEvent } from '../../../local/states/history.ts';
import type { Integrations, InvokeOptions, LambdaResult } from '../../../local/states/integrations.ts';
import { type Json, payloadOf } from '../../../local/states/json.ts';
import { createMachinery } from '../../../local/states/machinery.ts';
import { systemRandom } from '../../../local/states/random.ts';
import type { ExecutionEnd } from '../../../local/states/store.ts';
import { MemoryStore } from './memory-store.ts';

export const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';
const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';
const ROLE_ARN = 'arn:aws:iam::000000000000:role/machine';

/** A function behind `lambda:invoke`: returns the payload, or throws an error whose name is the error type. */
export type LambdaFunction = (event: Json, options: InvokeOptions) => unknown;

export interface Setting {
  readonly input?: Json;
  readonly lambdas?: Readonly<Record<string, LambdaFunction>>;
  readonly objects?: Readonly<Record<string, string>>;
  readonly integrations?: Partial<Integrations>;
  /** The numbers that the interpreter draws; 0.5 when they are used up. */
  readonly draws?: readonly number[];
}

/** Time that passes at once: waits are noted, and time limits expire when a wait reaches them or the test says so. */
export class TestClock implements Clock {
  readonly sleeps: number[] = [];
  #now = Date.UTC(2026, 0, 1);
  readonly #limits = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(milliseconds);
    this.#now += milliseconds;
    for (const [expired, at] of this.#limits) if (at <= this.#now) expired();
    signal.throwIfAborted();
  }

  /** Lets the time of every task and machine at work run out. */
  expire(): void {
    for (const expired of [...this.#limits.keys()]) expired();
  }

  limit(milliseconds: number, expired: () => void): () => void {
    this.#limits.set(expired, this.#now + milliseconds);
    return () => this.#limits.delete(expired);
  }
}

export interface Started {
  readonly execution: RunningExecution;
  readonly store: MemoryStore;
  readonly clock: TestClock;
  /** Redrives the execution, which has ended. */
  redrive(): RunningExecution;
  events(): readonly HistoryEvent[];
}

export interface Finished extends ExecutionEnd, Omit<Started, 'execution' | 'redrive' | 'events'> {
  readonly events: readonly HistoryEvent[];
  /** Parsed. */
  readonly result: Json | undefined;
}

type DefinitionObject = Readonly<Record<string, unknown>>;

export function start(definition: DefinitionObject, setting: Setting = {}): Started {
  const store = new MemoryStore();
  const clock = new TestClock();
  const draws = [...(setting.draws ?? [])];
  const random = { ...systemRandom, number: () => draws.shift() ?? 0.5 };
  const machinery = createMachinery({ store, clock, random, integrations: integrationsOf(setting) });
  const loaded = loadDefinition(JSON.stringify({ QueryLanguage: 'JSONata', ...definition }));
  const info = {
    arn: EXECUTION_ARN,
    name: 'run',
    input: payloadOf(setting.input ?? {}),
    startDate: clock.now(),
    roleArn: ROLE_ARN,
    redriveCount: 0,
    machineArn: MACHINE_ARN,
    machineName: 'machine',
  };
  const request = { graph: loaded, timeoutSeconds: loaded.timeoutSeconds, execution: info };
  return {
    execution: startExecution(machinery, request),
    store,
    clock,
    redrive() {
      const { redriveCount } = store.execution(EXECUTION_ARN);
      return redriveExecution(machinery, { ...request, execution: { ...info, redriveCount } });
    },
    events: () => store.events(EXECUTION_ARN),
  };
}

/** Runs a definition (`QueryLanguage` is added) to its end. */
export async function run(definition: DefinitionObject, setting: Setting = {}): Promise<Finished> {
  const { execution, store, clock, events } = start(definition, setting);
  const end = await execution.done;
  const result = end.output === undefined ? undefined : (JSON.parse(end.output) as Json);
  return { ...end, store, clock, events: events(), result };
}

/** One state that ends the machine, as a whole definition. */
export function single(state: Readonly<Record<string, unknown>>): DefinitionObject {
  return { StartAt: 'Only', States: { Only: { ...state, End: true } } };
}

/** Lets the event loop turn until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export function types(events: readonly HistoryEvent[]): string[] {
  return events.map(({ type }) => type);
}

function integrationsOf({ lambdas = {}, objects = {}, integrations = {} }: Setting): Integrations {
  return {
    async invokeLambda(name, payload, options): Promise<LambdaResult> {
      const lambda = lambdas[name];
      if (lambda === undefined) throw new Error(`the test has no function ${name}`);
      try {
        return { statusCode: 200, executedVersion: '$LATEST', payload: await lambda(payload, options) };
      } catch (error) {
        if (!(error instanceof LambdaError)) throw error;
        return { functionError: { errorType: error.name, errorMessage: error.message, trace: [] } };
      }
    },
    publish: async () => ({ MessageId: 'message-1' }),
    async *readObject({ Key }) {
      const body = objects[Key];
      if (body === undefined) throw new Error(`the test has no object ${Key}`);
      yield Buffer.from(body);
    },
    ...integrations,
  };
}

/** What a test's function throws: a function error with this errorType. */
export class LambdaError extends Error {
  constructor(errorType: string, message = '') {
    super(message);
    this.name = errorType;
  }
}
