import { loadCatchers } from '../catch.ts';
import { RUNTIME_ERROR, StateFailure } from '../errors.ts';
import { leave, loadStateExit } from '../exit.ts';
import type { Fields } from '../fields.ts';
import { loadItemReader } from '../item-reader.ts';
import type { Payload } from '../json.ts';
import { type MapRunPlan, redriveMapRun, runMapRun } from '../map-run.ts';
import { loadRetriers } from '../retry.ts';
import type { Loading, StateGraph, StateLoader } from '../state.ts';

/** docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#sfn-asl-map-label */
const MAX_LABEL_LENGTH = 40;
const LABEL = /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]+$/u;

/** A Map in distributed mode over an ItemReader: each item is a child execution of its own. */
export const loadDistributedMap: StateLoader = (fields, loading) => {
  const label = loadLabel(fields, loading);
  const graph = loadProcessor(fields, loading);
  if (!fields.has('ItemReader')) fields.fault('ItemReader', 'is required');
  const readerFields = fields.object('ItemReader');
  const reader = readerFields && loadItemReader(readerFields);
  const itemSelector = fields.template('ItemSelector');
  const maxConcurrency = fields.typed('MaxConcurrency', 'integer', { min: 0 });
  const exit = loadStateExit(fields, loading);
  return {
    type: 'Map',
    retriers: loadRetriers(fields),
    catchers: loadCatchers(fields, loading),
    failedEvent: 'MapStateFailed',
    async run(visit) {
      if (graph === undefined || reader === undefined) throw new StateFailure({ error: RUNTIME_ERROR });
      const scope = visit.scope();
      const concurrency = (await maxConcurrency?.evaluate(scope)) ?? 0;
      if (concurrency < 0) {
        throw new StateFailure({ error: RUNTIME_ERROR, cause: visit.cause('MaxConcurrency cannot be negative.') });
      }
      const plan: MapRunPlan = { label, graph, itemSelector, maxConcurrency: concurrency };
      const { history, machinery } = visit.run;
      const earlier = visit.mapRunToRedrive;
      const stored = earlier === undefined ? undefined : machinery.store.mapRun(earlier);
      let result: Payload;
      if (earlier !== undefined && stored?.items !== undefined) {
        result = await redriveMapRun(visit, plan, earlier, stored);
      } else {
        // The length is not known yet when items are read; AWS writes 0.
        history.add('MapStateStarted', { length: 0 });
        result = await runMapRun(visit, plan, await reader.open(scope, machinery.integrations));
      }
      history.addAside('MapStateSucceeded');
      return leave(exit, visit, { result: result.value }, result);
    },
  };
};

function loadLabel(fields: Fields, { labels }: Loading): string | undefined {
  const label = fields.string('Label');
  if (label === undefined) return undefined;
  if (label.length > MAX_LABEL_LENGTH || !LABEL.test(label)) {
    fields.fault(
      'Label',
      `must have 1 to ${MAX_LABEL_LENGTH} characters, without white space and ?*<>{}[]:;,\\|^~$#%&\`"`,
    );
  }
  if (labels.has(label)) fields.fault('Label', 'is the label of another Map too');
  labels.add(label);
  return label;
}

function loadProcessor(fields: Fields, loading: Loading): StateGraph | undefined {
  if (!fields.has('ItemProcessor')) fields.fault('ItemProcessor', 'is required');
  const processor = fields.scope('ItemProcessor');
  const config = processor?.object('ProcessorConfig');
  if (!config?.has('Mode')) processor?.fault('ProcessorConfig.Mode', "is required; supported: 'DISTRIBUTED'");
  config?.oneOf('Mode', ['DISTRIBUTED']);
  if (!config?.has('ExecutionType'))
    processor?.fault('ProcessorConfig.ExecutionType', "is required; supported: 'STANDARD'");
  config?.oneOf('ExecutionType', ['STANDARD']);
  config?.finish();
  processor?.string('Comment');
  const graph = processor && loading.graph(processor);
  processor?.finish();
  return graph;
}
