import { RUNTIME_ERROR, StateFailure } from '../errors.ts';
import type { InvokeOptions } from '../integrations.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Machinery } from '../machinery.ts';

/** One optimised service integration of Task states. */
export interface TaskResource {
  /** `resourceType` of the task's events, e.g. `lambda`. */
  readonly service: string;
  /** `resource` of the task's events, e.g. `invoke`. */
  readonly action: string;
  /** The fields of Arguments that are supported. */
  readonly parameters: readonly string[];
  /** What a result over the size limit is blamed on. */
  subject(parameters: Json): string;
  /** @throws StateFailure for an error of what was called, IntegrationError for one of the service. */
  call(parameters: Json, machinery: Machinery, options: InvokeOptions): Promise<Json>;
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
    if (!resource.parameters.includes(name)) throw fault(`have the field '${name}', which is not supported`);
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
