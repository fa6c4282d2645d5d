import { loadDefinition } from '../../local/states/definition.ts';
import { IntegrationError } from '../../local/states/errors.ts';
import { startExecution } from '../../local/states/execution.ts';
import type { HistoryEvent } from '../../local/states/history.ts';
import type { Integrations, LambdaResult } from '../../local/states/integrations.ts';
import { isObject, type Json, type JsonObject, payloadOf } from '../../local/states/json.ts';
import { createMachinery } from '../../local/states/machinery.ts';
import { systemRandom } from '../../local/states/random.ts';
import type { ExecutionEnd } from '../../local/states/store.ts';
import { MemoryStore } from '../local/states/memory-store.ts';
import type { RecordedEvent } from './case.ts';
import {
  type Case,
  EXECUTION_ARN,
  EXECUTION_NAME,
  type LambdaKind,
  MACHINE_ARN,
  MACHINE_NAME,
  ROLE_ARN,
} from './case.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Executed {
  readonly end: ExecutionEnd;
  /** In the form of the recordings. */
  readonly history: readonly RecordedEvent[];
}

/** Runs a case on the interpreter. @throws DefinitionError if its definition is refused. */
export async function execute(one: Case): Promise<Executed> {
  const loaded = loadDefinition(JSON.stringify(one.definitionJsonata ?? one.definition));
  const clock = new VirtualClock();
  const store = new (class extends MemoryStore {
    override addEvent(executionArn: string, event: HistoryEvent): void {
      clock.touch();
      super.addEvent(executionArn, event);
    }
  })();
  const machinery = createMachinery({ store, clock, random: systemRandom, integrations: integrationsOf(one, clock) });
  const { done } = startExecution(machinery, {
    graph: loaded,
    timeoutSeconds: loaded.timeoutSeconds,
    execution: {
      arn: EXECUTION_ARN,
      name: EXECUTION_NAME,
      input: payloadOf(one.input),
      startDate: clock.now(),
      roleArn: ROLE_ARN,
      redriveCount: 0,
      machineArn: MACHINE_ARN,
      machineName: MACHINE_NAME,
    },
  });
  const end = await done;
  return { end, history: store.events(EXECUTION_ARN).map(recorded) };
}

function integrationsOf({ lambdas = {}, s3 = [] }: Case, clock: VirtualClock): Integrations {
  const call = async (lambda: LambdaKind, payload: Json, signal: AbortSignal): Promise<LambdaResult> => {
    if (lambda.kind === 'sleep') {
      await clock.sleep(lambda.seconds * 1000, signal);
      return call(lambda.then, payload, signal);
    }
    if (lambda.kind === 'raise') {
      const { errorType, errorMessage } = lambda;
      const functionError = { errorMessage, errorType, requestId: systemRandom.uuid(), stackTrace: [] };
      return { functionError };
    }
    const value =
      lambda.kind === 'echo' ? payload : lambda.kind === 'return' ? lambda.value : lambda.text.repeat(lambda.times);
    return { statusCode: 200, executedVersion: '$LATEST', payload: value };
  };
  return {
    async invokeLambda(functionArnOrName, payload, { signal }) {
      const name = functionArnOrName.split(':').at(-1) ?? '';
      const lambda = lambdas[name];
      if (lambda) return call(lambda, payload, signal);
      throw new IntegrationError('Lambda.ResourceNotFoundException', `Function not found: ${functionArnOrName}`);
    },
    publish: async () => ({ MessageId: systemRandom.uuid() }),
    async *readObject({ Bucket, Key }) {
      const object = s3.find(({ bucket, key }) => bucket === Bucket && key === Key);
      if (object === undefined)
        throw new IntegrationError('S3.NoSuchKeyException', 'The specified key does not exist.');
      yield Buffer.from(object.body);
    },
    async writeObject({ Body }) {
      for (const _ of Body);
    },
  };
}

const NOT_RECORDED = ['inputDetails', 'outputDetails', 'assignedVariables', 'assignedVariablesDetails'];
const JSON_TEXTS = ['input', 'output', 'parameters'];

function recorded({ id, previousEventId, type, details = {} }: HistoryEvent): RecordedEvent {
  const flat: Record<string, Json> = {};
  for (const [name, value] of Object.entries(details)) {
    if (NOT_RECORDED.includes(name) || (type === 'ExecutionStarted' && name === 'roleArn')) continue;
    flat[name] = JSON_TEXTS.includes(name) ? JSON.parse(String(value)) : value;
  }
  const { assignedVariables } = details;
  const assigned = isObject(assignedVariables) && { assigned: parsed(assignedVariables as JsonObject) };
  return { ...flat, ...assigned, id, prev: previousEventId, type };
}

function parsed(texts: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(String(text))]));
}
