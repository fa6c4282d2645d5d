import type { Fields } from '../fields.ts';
import type { Loading, StateGraph, StateLoader } from '../state.ts';
import { loadDistributedMap } from './map-distributed.ts';
import { loadInlineMap } from './map-inline.ts';

/** The mode decides whether an item is an iteration of this execution or a child execution of its own. */
export const loadMap: StateLoader = (fields, loading) => {
  if (!fields.has('ItemProcessor')) fields.fault('ItemProcessor', 'is required');
  const processor = fields.scope('ItemProcessor');
  const config = processor?.object('ProcessorConfig');
  const mode = config?.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) ?? 'INLINE';
  if (mode === 'DISTRIBUTED') {
    if (!config?.has('ExecutionType'))
      processor?.fault('ProcessorConfig.ExecutionType', "is required; supported: 'STANDARD'");
    config?.oneOf('ExecutionType', ['STANDARD']);
  }
  config?.finish();
  const graph = processor ? loadProcessor(processor, loading) : { startAt: '', states: new Map() };
  return mode === 'DISTRIBUTED' ? loadDistributedMap(fields, loading, graph) : loadInlineMap(fields, loading, graph);
};

function loadProcessor(processor: Fields, loading: Loading): StateGraph {
  processor.string('Comment');
  const graph = loading.graph(processor);
  processor.finish();
  return graph;
}
