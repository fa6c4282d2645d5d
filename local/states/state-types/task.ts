import { loadCatchers } from '../catch.ts';
import { type Failure, IntegrationError, Interrupted, RUNTIME_ERROR, StateFailure } from '../errors.ts';
import { leave, loadStateExit } from '../exit.ts';
import type { Fields } from '../fields.ts';
import { WHOLE } from '../history.ts';
import { type Json, type Payload, payloadOf } from '../json.ts';
import { checkSize } from '../limits.ts';
import { lambdaFunction } from '../resources/lambda-function.ts';
import { lambdaInvoke } from '../resources/lambda-invoke.ts';
import type { TaskResource } from '../resources/resource.ts';
import { snsPublish } from '../resources/sns-publish.ts';
import { loadRetriers } from '../retry.ts';
import type { StateLoader } from '../state.ts';
import type { Run, Visit } from '../visit.ts';

const RESOURCES: Readonly<Record<string, TaskResource>> = {
  'arn:aws:states:::lambda:invoke': lambdaInvoke,
  'arn:aws:states:::sns:publish': snsPublish,
};

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/;

function loadResource(fields: Fields): TaskResource | undefined {
  const name = fields.string('Resource') ?? '';
  if (FUNCTION_ARN.test(name)) return lambdaFunction(name);
  return RESOURCES[fields.oneOf('Resource', Object.keys(RESOURCES)) ?? ''];
}

export const loadTask: StateLoader = (fields, loading) => {
  if (!fields.has('Resource')) fields.fault('Resource', 'is required');
  const resource = loadResource(fields);
  for (const name of fields.membersOf('Arguments')) {
    if (resource?.parameters?.includes(name) === false) fields.fault(`Arguments.${name}`, 'not supported');
  }
  const args = fields.template('Arguments');
  const timeout = fields.typed('TimeoutSeconds', 'integer', { min: 1 });
  const exit = loadStateExit(fields, loading);
  return {
    type: 'Task',
    retriers: loadRetriers(fields),
    catchers: loadCatchers(fields, loading),
    async run(visit) {
      if (resource === undefined) throw new StateFailure({ error: RUNTIME_ERROR });
      const scope = visit.scope();
      const parameters = args ? payloadOf(await args.evaluate(scope)) : visit.input;
      const timeoutSeconds = await timeout?.evaluate(scope);
      if (timeoutSeconds !== undefined && timeoutSeconds < 1) {
        throw new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause('TimeoutSeconds must be positive.') });
      }
      const result = await perform(resource, checkSize(parameters, visit.stateName), timeoutSeconds, visit);
      return leave(exit, visit, { result: result.value }, result);
    },
  };
};

/** Calls the service and writes the task's events. */
async function perform(
  resource: TaskResource,
  parameters: Payload,
  timeoutSeconds: number | undefined,
  { run }: Visit,
): Promise<Payload> {
  const { history } = run;
  const { stem, common, scheduled } = resource.events;
  const region = run.execution.machineArn.split(':')[3] ?? '';
  const limit = timeoutSeconds === undefined ? undefined : { timeoutInSeconds: timeoutSeconds };
  history.add(`${stem}Scheduled`, { ...scheduled(parameters, region), ...limit });
  history.add(`${stem}Started`, common);
  try {
    const result = payloadOf(await callWithin(timeoutSeconds, run, resource, parameters.value));
    checkSize(result, resource.subject);
    history.add(`${stem}Succeeded`, { ...common, output: result.text, outputDetails: WHOLE });
    return result;
  } catch (error) {
    const failure = failureOf(error);
    const type = failure === TIMED_OUT ? 'TimedOut' : 'Failed';
    history.add(`${stem}${type}`, { ...common, ...(failure as { error: string; cause?: string }) });
    throw new StateFailure(failure);
  }
}

const TIMED_OUT: Failure = { error: 'States.Timeout' };

function failureOf(error: unknown): Failure {
  if (error instanceof StateFailure) return error.failure;
  if (error instanceof IntegrationError) return { error: error.error, cause: error.message };
  throw error;
}

/** Gives the call up when the task's time is over or the execution was interrupted; whoever was called may go on working. */
async function callWithin(
  seconds: number | undefined,
  { machinery, signal }: Run,
  resource: TaskResource,
  parameters: Json,
): Promise<Json> {
  const givenUp = new AbortController();
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  const giveUp = (reason: Error) => {
    reject(reason);
    givenUp.abort();
  };
  const interrupt = () => giveUp(new Interrupted());
  signal.addEventListener('abort', interrupt, { once: true });
  const timeoutMs = seconds === undefined ? undefined : seconds * 1000;
  const cancelLimit =
    timeoutMs === undefined ? () => {} : machinery.clock.limit(timeoutMs, () => giveUp(new StateFailure(TIMED_OUT)));
  try {
    const options = { signal: givenUp.signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    return await Promise.race([resource.call(parameters, machinery, options), abandoned]);
  } finally {
    cancelLimit();
    signal.removeEventListener('abort', interrupt);
  }
}
