import { StateFailure } from '../errors.ts';
import type { StateLoader } from '../state.ts';

export const loadFail: StateLoader = (fields) => {
  const error = fields.typed('Error', 'string');
  const cause = fields.typed('Cause', 'string');
  return {
    type: 'Fail',
    async run(visit) {
      const scope = visit.scope();
      throw new StateFailure({ error: await error?.evaluate(scope), cause: await cause?.evaluate(scope) });
    },
  };
};
