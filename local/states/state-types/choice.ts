import { RUNTIME_ERROR, StateFailure } from '../errors.ts';
import { type Exit, leave, loadExit } from '../exit.ts';
import type { Fields } from '../fields.ts';
import type { Loading, StateLoader } from '../state.ts';

export const loadChoice: StateLoader = (fields, loading) => {
  const rules = (fields.list('Choices') ?? []).map((rule) => loadRule(rule, loading));
  if (rules.length === 0) fields.fault('Choices', 'must be a list of objects that is not empty');
  const next = loading.target(fields, 'Default');
  const exit: Exit = { ...loadExit(fields, loading), next };
  if (fields.has('Next')) fields.fault('Next', 'not supported');
  return {
    type: 'Choice',
    async run(visit) {
      const scope = visit.scope();
      for (const rule of rules) {
        if (await rule.condition?.evaluate(scope)) return leave(rule.exit, visit, {}, visit.input);
      }
      if (next !== undefined) return leave(exit, visit, {}, visit.input);
      const cause = visit.cause('Failed to transition out of the state. The state does not point to a next state.');
      throw new StateFailure({ error: RUNTIME_ERROR, cause });
    },
  };
};

function loadRule(rule: Fields, loading: Loading) {
  rule.string('Comment');
  if (!rule.has('Condition')) rule.fault('Condition', 'is required');
  if (!rule.has('Next')) rule.fault('Next', 'is required');
  const loaded = { condition: rule.typed('Condition', 'boolean'), exit: loadExit(rule, loading) };
  rule.finish();
  return loaded;
}
