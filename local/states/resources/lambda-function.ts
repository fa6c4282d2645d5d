import type { Json } from '../json.ts';
import { functionFailure } from './lambda-invoke.ts';
import type { TaskResource } from './resource.ts';

/** A task whose Resource is the ARN of a function: what it returns is the result as it is. */
export function lambdaFunction(arn: string): TaskResource {
  return {
    service: 'lambda',
    action: 'function',
    parameters: undefined,
    events: {
      stem: 'LambdaFunction',
      common: undefined,
      scheduled: (parameters) => ({ resource: arn, input: parameters.text, inputDetails: { truncated: false } }),
    },
    subject: arn,
    async call(parameters, { integrations }, options) {
      const result = await integrations.invokeLambda(arn, parameters ?? {}, options);
      if ('functionError' in result) throw functionFailure(result.functionError);
      return (result.payload ?? null) as Json;
    },
  };
}
