import { DefinitionError } from './errors.ts';
import { Fields } from './fields.ts';
import { isObject } from './json.ts';
import type { Loading, State, StateGraph, StateLoader } from './state.ts';
import { loadChoice } from './state-types/choice.ts';
import { loadFail } from './state-types/fail.ts';
import { loadMap } from './state-types/map.ts';
import { loadParallel } from './state-types/parallel.ts';
import { loadPass } from './state-types/pass.ts';
import { loadSucceed } from './state-types/succeed.ts';
import { loadTask } from './state-types/task.ts';
import { loadWait } from './state-types/wait.ts';

/** A definition that was read, checked and compiled. */
export interface Definition extends StateGraph {
  readonly timeoutSeconds: number | undefined;
}

/** Every state type that is supported; a new one is one more module and one more line. */
const STATE_LOADERS: Readonly<Record<string, StateLoader>> = {
  Choice: loadChoice,
  Fail: loadFail,
  Map: loadMap,
  Parallel: loadParallel,
  Pass: loadPass,
  Succeed: loadSucceed,
  Task: loadTask,
  Wait: loadWait,
};

/** docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, and TimeoutSeconds on the page of the state machine structure. */
const MAX_STATE_NAME_LENGTH = 80;
const MAX_TIMEOUT_SECONDS = 99_999_999;

/**
 * Loads a definition in the states language with JSONata.
 *
 * @param text JSON
 * @throws DefinitionError naming, with its path, everything that is wrong or not supported.
 */
export function loadDefinition(text: string): Definition {
  const faults: string[] = [];
  const root = new Fields(parseObject(text), faults);
  root.string('Comment');
  root.oneOf('Version', ['1.0']);
  if (!root.has('QueryLanguage')) root.fault('QueryLanguage', "is required; supported: 'JSONata'");
  root.oneOf('QueryLanguage', ['JSONata']);
  const timeoutSeconds = root.integer('TimeoutSeconds', { min: 1, max: MAX_TIMEOUT_SECONDS });
  const graph = loadGraph(root, { labels: new Set(), names: new Set() });
  root.finish();
  if (faults.length > 0) throw new DefinitionError(faults);
  return { ...graph, timeoutSeconds };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DefinitionError([`not valid JSON: ${(error as Error).message}`]);
  }
  if (!isObject(value)) throw new DefinitionError(['must be a JSON object']);
  return value;
}

interface Whole {
  readonly labels: Set<string>;
  /** State names seen so far: they are unique in the whole definition. */
  readonly names: Set<string>;
}

function loadGraph(fields: Fields, whole: Whole): StateGraph {
  const states = new Map<string, State>();
  const targets: { readonly fields: Fields; readonly name: string; readonly target: string }[] = [];
  const target = (from: Fields, name: string) => {
    const value = from.string(name);
    if (value !== undefined) targets.push({ fields: from, name, target: value });
    return value;
  };
  const loading: Loading = { target, labels: whole.labels, graph: (inner) => loadGraph(inner, whole) };

  if (!fields.has('StartAt')) fields.fault('StartAt', 'is required');
  const startAt = target(fields, 'StartAt') ?? '';
  const bodies = fields.scope('States');
  if (bodies === undefined || bodies.names().length === 0) fields.fault('States', 'must name at least one state');
  for (const name of bodies?.names() ?? []) {
    if (whole.names.has(name)) bodies?.fault(name, 'is the name of another state too');
    if (name.length > MAX_STATE_NAME_LENGTH) bodies?.fault(name, `is longer than ${MAX_STATE_NAME_LENGTH} characters`);
    whole.names.add(name);
    const body = bodies?.scope(name);
    const state = body && loadState(body, loading);
    if (state) states.set(name, state);
  }
  for (const { fields: from, name, target: to } of targets) {
    if (!bodies?.has(to)) from.fault(name, `there is no state '${to}' here`);
  }
  return { startAt, states };
}

function loadState(fields: Fields, loading: Loading): State | undefined {
  const type = fields.oneOf('Type', Object.keys(STATE_LOADERS));
  if (!fields.has('Type')) fields.fault('Type', 'is required');
  const load = STATE_LOADERS[type ?? ''];
  if (load === undefined) return undefined;
  fields.string('Comment');
  fields.oneOf('QueryLanguage', ['JSONata']);
  const state = load(fields, loading);
  fields.finish();
  return state;
}
