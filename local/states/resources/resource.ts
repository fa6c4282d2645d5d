import { RUNTIME_ERROR, StateFailure } from '../errors.ts';
import type { InvokeOptions } from '../integrations.ts';
import { isObject, type Json, type JsonObject, type Payload } from '../json.ts';
import type { Machinery } from '../machinery.ts';

/** One service integration of Task states. */
export interface TaskResource {
  /** E.g. `lambda`. */
  readonly service: string;
  /** E.g. `invoke`. */
  readonly action: string;
  /** The fields of Arguments that are supported; undefined: whatever they are. */
  readonly parameters: readonly string[] | undefined;
  readonly events: TaskEvents;
  /** What a result over the size limit is blamed on. */
  readonly subject: string;
  /** @throws StateFailure for an error of what was called, IntegrationError for one of the service. */
  call(parameters: Json, machinery: Machinery, options: InvokeOptions): Promise<Json>;
}

/** How the task's events are called, and what they hold. */
export interface TaskEvents {
  /** Before `Scheduled`, `Started`, `Succeeded`, `Failed` and `TimedOut`. */
  readonly stem: 'Task' | 'LambdaFunction';
  /** In all of them. */
  readonly common: JsonObject | undefined;
  scheduled(parameters: Payload, region: string): JsonObject;
}

/** The events of an optimised integration. */
export function taskEvents(resourceType: string, resource: string): TaskEvents {
  const common = { resourceType, resource };
  return { stem: 'Task', common, scheduled: ({ text }, region) => ({ ...common, region, parameters: text }) };
}

/**
 * Parameters as an object with only the supported fields and the required ones as strings.
 *
 * @throws StateFailure `States.Runtime`
 */
export function checkParameters<K extends string>(
  resource: TaskResource,
  parameters: Json,
  required: readonly K[],
): JsonObject & Readonly<Record<K, string>> {
  const fault = (what: string) =>
    new StateFailure({
      error: RUNTIME_ERROR,
      cause: `The Parameters of ${resource.service}:${resource.action} ${what}`,
    });
  if (!isObject(parameters)) throw fault('must be an object');
  for (const name of Object.keys(parameters)) {
    if (resource.parameters?.includes(name) === false) throw fault(`have the field '${name}', which is not supported`);
  }
  for (const name of required) {
    if (typeof parameters[name] !== 'string') throw fault(`need the string '${name}'`);
  }
  return parameters as JsonObject & Readonly<Record<K, string>>;
}

/** What AWS's optimised integrations add to every result. */
export function sdkMetadata(requestId: string): JsonObject {
  return { SdkHttpMetadata: { HttpStatusCode: 200 }, SdkResponseMetadata: { RequestId: requestId } };
}
