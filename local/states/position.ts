import type { HistoryEvent } from './history.ts';
import { type JsonObject, parsePayload } from './json.ts';
import type { EnteredState } from './visit.ts';

/** Where an execution stands. */
export interface Position {
  /** The state at work; undefined before the first one. */
  readonly entered: EnteredState | undefined;
  readonly variables: JsonObject;
  readonly lastEventId: number;
}

export const NOT_STARTED: Position = { entered: undefined, variables: {}, lastEventId: 0 };

/**
 * Where an execution that ended without success stood: in the state that it had entered and not exited. A process that is
 * killed between two writes may leave none such; then the last state counts, and runs once more.
 *
 * @param events the whole history, oldest first.
 */
export function positionOf(events: Iterable<HistoryEvent>): Position {
  let last: HistoryEvent | undefined;
  let mapRunArn: string | undefined;
  let variables: JsonObject = {};
  let lastEventId = 0;
  for (const event of events) {
    const { id, type, details = {} } = event;
    lastEventId = id;
    if (type.endsWith('StateEntered')) {
      last = event;
      mapRunArn = undefined;
    } else if (type.endsWith('StateExited')) variables = { ...variables, ...assignedBy(details) };
    else if (type === 'MapRunStarted') mapRunArn = String(details.mapRunArn);
    // Outputs that are too long together: AWS runs all items again, in a new Map Run.
    else if (type === 'MapRunFailed' && details.error === 'States.DataLimitExceeded') mapRunArn = undefined;
  }
  return { entered: last && stateOf(last, mapRunArn), variables, lastEventId };
}

function stateOf(event: HistoryEvent, mapRunArn: string | undefined): EnteredState {
  const { id, previousEventId, timestamp, details = {} } = event;
  const input = parsePayload(String(details.input));
  return { name: String(details.name), input, eventId: id, previousEventId, date: timestamp, mapRunArn };
}

function assignedBy({ assignedVariables = {} }: JsonObject): JsonObject {
  const texts = Object.entries(assignedVariables as Readonly<Record<string, string>>);
  return Object.fromEntries(texts.map(([name, text]) => [name, JSON.parse(text)]));
}
