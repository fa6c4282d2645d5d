import { RUNTIME_ERROR } from './errors.ts';
import { branchPath, type HistoryEvent } from './history.ts';
import { type JsonObject, type Payload, parsePayload } from './json.ts';
import type { EnteredState } from './visit.ts';

/** Where an execution, or one branch of it, stands. */
export interface Position {
  /** The state at work; undefined before the first one. */
  readonly entered: EnteredState | undefined;
  /** Of a branch, without those of the states around it. */
  readonly variables: JsonObject;
  readonly lastEventId: number;
  /** Of a branch that reached its end. */
  readonly output?: Payload | undefined;
}

export const NOT_STARTED: Position = { entered: undefined, variables: {}, lastEventId: 0 };

/** Outputs that are too long together: AWS runs all items of a Map, all branches of a Parallel again. */
const TOO_LONG = 'States.DataLimitExceeded';

/** What a Map Run failed with that is not redriven, but run anew. docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html */
const NEW_MAP_RUN = [TOO_LONG, RUNTIME_ERROR];

/** What the events of one branch have told so far. */
class Trace {
  entered: HistoryEvent | undefined;
  mapRunArn: string | undefined;
  /** Of the state that was entered. */
  startedId: number | undefined;
  variables: JsonObject = {};
  lastEventId = 0;
  /** Of the state that was exited last, if none was entered since. */
  output: string | undefined;

  note(event: HistoryEvent): void {
    const { id, type, details = {} } = event;
    this.lastEventId = id;
    if (type.endsWith('StateEntered')) {
      this.entered = event;
      this.mapRunArn = undefined;
      this.startedId = undefined;
      this.output = undefined;
    } else if (type.endsWith('StateExited')) {
      this.variables = { ...this.variables, ...assignedBy(details) };
      this.output = String(details.output);
    } else if (type === 'MapStateStarted' || type === 'ParallelStateStarted') this.startedId = id;
    else if (type === 'MapRunStarted') this.mapRunArn = String(details.mapRunArn);
    else if (type === 'MapRunFailed' && NEW_MAP_RUN.includes(String(details.error))) this.mapRunArn = undefined;
    else if (type === 'ExecutionFailed' && details.error === TOO_LONG) this.startedId = undefined;
  }
}

/**
 * Where an execution that ended without success stood: in the state that it had entered and not exited. A process that is
 * killed between two writes may leave none such; then the last state counts, and runs once more.
 *
 * @param events the whole history, oldest first.
 */
export function positionOf(events: Iterable<HistoryEvent>): Position {
  const traces = new Map<string, Trace>();
  let lastEventId = 0;
  for (const event of events) {
    const trace = traces.get(event.branch) ?? new Trace();
    traces.set(event.branch, trace);
    trace.note(event);
    lastEventId = event.id;
  }
  const top = traces.get('') ?? new Trace();
  return { entered: enteredOf(traces, '', top), variables: top.variables, lastEventId };
}

function enteredOf(traces: ReadonlyMap<string, Trace>, path: string, trace: Trace): EnteredState | undefined {
  if (trace.entered === undefined) return undefined;
  const { id, previousEventId, timestamp, details = {} } = trace.entered;
  const { mapRunArn, startedId } = trace;
  const input = parsePayload(String(details.input));
  const branches = startedId === undefined ? new Map() : branchesOf(traces, path, startedId);
  return {
    name: String(details.name),
    input,
    eventId: id,
    previousEventId,
    date: timestamp,
    mapRunArn,
    startedId,
    branches,
  };
}

function branchesOf(traces: ReadonlyMap<string, Trace>, path: string, startedId: number): Map<number, Position> {
  const branches = new Map<number, Position>();
  const container = branchPath(path, startedId);
  for (const [key, trace] of traces) {
    const index = key.startsWith(container) ? /^(\d+)\/$/.exec(key.slice(container.length))?.[1] : undefined;
    if (index === undefined) continue;
    const { variables, lastEventId } = trace;
    const output = trace.output === undefined ? undefined : parsePayload(trace.output);
    branches.set(Number(index), { entered: enteredOf(traces, key, trace), variables, lastEventId, output });
  }
  return branches;
}

function assignedBy({ assignedVariables = {} }: JsonObject): JsonObject {
  const texts = Object.entries(assignedVariables as Readonly<Record<string, string>>);
  return Object.fromEntries(texts.map(([name, text]) => [name, JSON.parse(text)]));
}
