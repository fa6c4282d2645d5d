import { loadCatchers } from '../catch.ts';
import { leave, loadStateExit } from '../exit.ts';
import type { Scope } from '../expression.ts';
import type { Fields } from '../fields.ts';
import { loadItemBatcher, oneByOne } from '../item-batcher.ts';
import { type ItemSource, loadItemReader } from '../item-reader.ts';
import { collectionItems, evaluateConcurrency, STATE_DATA } from '../items.ts';
import type { Payload } from '../json.ts';
import { type MapRunPlan, redriveMapRun, runMapRun } from '../map-run.ts';
import { loadResultWriter } from '../result-writer.ts';
import { loadRetriers } from '../retry.ts';
import type { Loading, State, StateGraph } from '../state.ts';
import { loadTolerance } from '../tolerance.ts';
import type { Visit } from '../visit.ts';

/** docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#sfn-asl-map-label */
const MAX_LABEL_LENGTH = 40;
const LABEL = /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]+$/u;

/** A Map whose items, or batches of them, are child executions of their own. */
export function loadDistributedMap(fields: Fields, loading: Loading, graph: StateGraph): State {
  const label = loadLabel(fields, loading);
  const openItems = loadItems(fields);
  const itemSelector = fields.template('ItemSelector');
  const batcherFields = fields.object('ItemBatcher');
  const openBatching = batcherFields && loadItemBatcher(batcherFields);
  const maxConcurrency = fields.typed('MaxConcurrency', 'integer', { min: 0 });
  const openTolerance = loadTolerance(fields);
  const writerFields = fields.object('ResultWriter');
  const results = writerFields && loadResultWriter(writerFields);
  const exit = loadStateExit(fields, loading);
  return {
    type: 'Map',
    retriers: loadRetriers(fields),
    catchers: loadCatchers(fields, loading),
    failedEvent: 'MapStateFailed',
    async run(visit) {
      const scope = visit.scope();
      const { history, machinery } = visit.run;
      const earlier = visit.mapRunToRedrive;
      const stored = earlier === undefined ? undefined : machinery.store.mapRun(earlier);
      const prepare = async (concurrency: number): Promise<MapRunPlan> => ({
        label,
        graph,
        itemSelector,
        maxConcurrency: concurrency,
        tolerance: await openTolerance(scope, visit),
        batching: (await openBatching?.(scope, visit)) ?? oneByOne,
        destination: await results?.writer?.open(scope),
        transformation: results?.transformation ?? 'NONE',
      });
      let result: Payload;
      if (earlier !== undefined && stored?.children !== undefined) {
        result = await redriveMapRun(visit, await prepare(stored.maxConcurrency), earlier, stored);
      } else {
        const items = await openItems(scope, visit);
        const concurrency = await evaluateConcurrency(maxConcurrency, scope, visit);
        // AWS evaluates the other fields once the state has started.
        history.add('MapStateStarted', { length: items.length });
        result = await runMapRun(visit, await prepare(concurrency), await items.open());
      }
      history.addAside('MapStateSucceeded');
      return leave(exit, visit, { result: result.value }, result);
    },
  };
}

interface Items {
  /** AWS writes 0 when an ItemReader reads the items. */
  readonly length: number;
  open(): Promise<ItemSource>;
}

function loadItems(fields: Fields): (scope: Scope, visit: Visit) => Promise<Items> {
  const readerFields = fields.object('ItemReader');
  const reader = readerFields && loadItemReader(readerFields);
  const items = fields.typed('Items', 'collection');
  if (reader && items) fields.fault('Items', 'a Map has either Items or an ItemReader');
  return async (scope, visit) => {
    if (reader) return { length: 0, open: () => reader.open(scope, visit.run.machinery.integrations) };
    const values = await collectionItems(items, scope, visit);
    const each = async function* () {
      yield* values;
    };
    return { length: values.length, open: async () => ({ source: STATE_DATA, items: each() }) };
  };
}

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
