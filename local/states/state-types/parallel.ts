import { runBranches } from '../branches.ts';
import { loadCatchers } from '../catch.ts';
import { leave, loadStateExit } from '../exit.ts';
import { payloadOf } from '../json.ts';
import { checkSize } from '../limits.ts';
import { loadRetriers } from '../retry.ts';
import type { StateGraph, StateLoader } from '../state.ts';

/** Branches that run at once, each with the state's input; the result is the list of their outputs. */
export const loadParallel: StateLoader = (fields, loading) => {
  const graphs = (fields.scopes('Branches') ?? []).map((branch) => {
    branch.string('Comment');
    const graph = loading.graph(branch);
    branch.finish();
    return graph;
  });
  if (graphs.length === 0) fields.fault('Branches', 'must be a list of objects that is not empty');
  const args = fields.template('Arguments');
  const exit = loadStateExit(fields, loading);
  return {
    type: 'Parallel',
    retriers: loadRetriers(fields),
    catchers: loadCatchers(fields, loading),
    failedEvent: 'ParallelStateFailed',
    async run(visit) {
      const { history } = visit.run;
      const input = args ? checkSize(payloadOf(await args.evaluate(visit.scope())), visit.stateName) : visit.input;
      const outputs = await runBranches(visit, {
        count: graphs.length,
        limit: graphs.length,
        startedId: visit.startedToRedrive ?? history.add('ParallelStateStarted'),
        graph: (index) => graphs[index] as StateGraph,
        input: async () => input,
      });
      const result = checkSize(payloadOf(outputs.map(({ value }) => value)), visit.stateName);
      history.addAside('ParallelStateSucceeded');
      return leave(exit, visit, { result: result.value }, result);
    },
  };
};
