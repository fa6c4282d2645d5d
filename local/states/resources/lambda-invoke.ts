import { StateFailure } from '../errors.ts';
import type { FunctionError } from '../integrations.ts';
import type { Json } from '../json.ts';
import { checkParameters, sdkMetadata, type TaskResource, taskEvents } from './resource.ts';

/** `arn:aws:states:::lambda:invoke` */
export const lambdaInvoke: TaskResource = {
  service: 'lambda',
  action: 'invoke',
  parameters: ['FunctionName', 'Payload'],
  events: taskEvents('lambda', 'invoke'),
  subject: 'lambda',
  async call(parameters, { integrations, random }, options) {
    const { FunctionName, Payload } = checkParameters(lambdaInvoke, parameters, ['FunctionName']);
    // Without a payload, or with null, Lambda hands the function an empty event.
    const result = await integrations.invokeLambda(FunctionName, Payload ?? {}, options);
    if ('functionError' in result) throw functionFailure(result.functionError);
    return {
      ExecutedVersion: result.executedVersion,
      Payload: (result.payload ?? null) as Json,
      ...sdkMetadata(random.uuid()),
      StatusCode: result.statusCode,
    };
  },
};

/** @returns how a function's own error appears to Retry and Catch. */
export function functionFailure(error: FunctionError): StateFailure {
  const payload = JSON.stringify(error);
  if (error.errorType) return new StateFailure({ error: error.errorType, cause: payload });
  return new StateFailure({
    error: 'Lambda.Unknown',
    cause: `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  });
}
