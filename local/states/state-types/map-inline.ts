import { runBranches } from '../branches.ts';
import { loadCatchers } from '../catch.ts';
import { itemContext } from '../context.ts';
import { leave, loadStateExit } from '../exit.ts';
import type { Fields } from '../fields.ts';
import { arrayItems, evaluateConcurrency, STATE_DATA } from '../items.ts';
import { payloadOf } from '../json.ts';
import { checkSize, MAX_ITERATIONS } from '../limits.ts';
import { loadRetriers } from '../retry.ts';
import type { Loading, State, StateGraph } from '../state.ts';

/** A Map whose items are iterations inside the execution itself. */
export function loadInlineMap(fields: Fields, loading: Loading, graph: StateGraph): State {
  const items = fields.typed('Items', 'array');
  const itemSelector = fields.template('ItemSelector');
  const maxConcurrency = fields.typed('MaxConcurrency', 'integer', { min: 0 });
  // AWS takes them here too, where they have no effect.
  fields.typed('ToleratedFailureCount', 'integer', { min: 0 });
  fields.typed('ToleratedFailurePercentage', 'number', { min: 0, max: 100 });
  const exit = loadStateExit(fields, loading);
  return {
    type: 'Map',
    retriers: loadRetriers(fields),
    catchers: loadCatchers(fields, loading),
    failedEvent: 'MapStateFailed',
    async run(visit) {
      const { history } = visit.run;
      const scope = visit.scope();
      const values = await arrayItems(items, scope, visit);
      const limit = await evaluateConcurrency(maxConcurrency, scope, visit);
      const outputs = await runBranches(visit, {
        count: values.length,
        limit: limit || MAX_ITERATIONS,
        startedId: visit.startedToRedrive ?? history.add('MapStateStarted', { length: values.length }),
        graph: () => graph,
        async input(index) {
          const value = values[index] ?? null;
          if (itemSelector === undefined) return payloadOf(value);
          const map = itemContext({ index, value, source: STATE_DATA });
          return checkSize(payloadOf(await itemSelector.evaluate(visit.scope({ map }))), visit.stateName);
        },
        iteration: (branch, index, step) => branch.addAside(`MapIteration${step}`, { name: visit.stateName, index }),
      });
      const result = checkSize(payloadOf(outputs.map(({ value }) => value)), visit.stateName);
      history.addAside('MapStateSucceeded');
      return leave(exit, visit, { result: result.value }, result);
    },
  };
}
