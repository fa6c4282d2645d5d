import type { Access } from '../iam/access.ts';
import { ApiError, type JsonApi, type Operation as JsonOperation } from '../json-protocol.ts';
import type { Caller } from '../service.ts';
import { accessOf } from './access.ts';
import { Params } from './params.ts';

export type Operation = (params: Params) => Readonly<Record<string, unknown>>;

/** The operations as the API has them: permission is asked for, and the members are checked as they are read. */
export function stepFunctionsApi(
  operations: Readonly<Record<string, Operation>>,
  refuse: (caller: Caller, access: Access) => string | undefined,
): JsonApi {
  const guarded = Object.entries(operations).map(([name, operation]): [string, JsonOperation] => [
    name,
    (members, { caller }) => {
      const refused = refuse(caller, accessOf(name, members));
      if (refused) throw new ApiError('AccessDeniedException', refused);
      return operation(new Params(members));
    },
  ]);
  return {
    service: 'Step Functions',
    targetPrefix: 'AWSStepFunctions.',
    operations: Object.fromEntries(guarded),
  };
}
