import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ChunkCell } from '../../functions/shared/report/chunk-states.ts';
import type { MachineNode, MachineState } from './api.ts';

/** What the end of a run makes of the state that it was in. */
const ENDS: Readonly<Record<string, MachineState>> = {
  ExecutionFailed: 'failed',
  ExecutionTimedOut: 'failed',
  ExecutionAborted: 'stopped',
};

/** The name of the state that an event enters or leaves. */
export function stateNamed(event: HistoryEvent): string | undefined {
  return event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
}

/** The states of a run by name, as its history has them; those that it did not come to are missing. @param events oldest first. */
function enteredStates(events: readonly HistoryEvent[]): Readonly<Record<string, MachineState>> {
  const states: Record<string, MachineState> = {};
  const change = (from: readonly MachineState[], to: MachineState) => {
    for (const [name, state] of Object.entries(states)) if (from.includes(state)) states[name] = to;
  };
  for (const event of events) {
    const { type = '' } = event;
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    const end = ENDS[type];
    if (type === 'ExecutionStarted') states.Start = 'succeeded';
    if (entered !== undefined) states[entered] = 'running';
    if (exited !== undefined) states[exited] = 'succeeded';
    if (end) change(['running'], end);
    // It goes on in the state that did not succeed, which may not be entered again.
    if (type === 'ExecutionRedriven') change(['failed', 'stopped'], 'running');
    if (type === 'ExecutionSucceeded') {
      change(['running'], 'succeeded');
      states.End = 'succeeded';
    }
  }
  return states;
}

/** As `enteredStates`, with the states inside the Map, whose histories are the chunks' own: the chunks tell them. */
export function machineStates(
  events: readonly HistoryEvent[],
  nodes: readonly MachineNode[],
  chunks: Readonly<Record<ChunkCell['state'], number>>,
): Readonly<Record<string, MachineState>> {
  const entered = enteredStates(events);
  const inner = stateOfChunks(chunks);
  const insides = nodes.filter(({ inside }) => inside !== undefined && entered[inside] !== undefined);
  const stateOf = ({ inside = '' }: MachineNode): MachineState => {
    const holder = entered[inside] ?? inner;
    // Of a run that ended no chunk waits any more.
    return inner === 'waiting' && holder !== 'running' ? holder : inner;
  };
  return { ...entered, ...Object.fromEntries(insides.map((node) => [node.name, stateOf(node)])) };
}

function stateOfChunks(chunks: Readonly<Record<ChunkCell['state'], number>>): MachineState {
  if (chunks['at work'] + chunks.again > 0) return 'running';
  if (chunks.failed > 0) return 'failed';
  if (chunks.stopped > 0) return 'stopped';
  if (chunks['not started'] > 0) return 'waiting';
  return 'succeeded';
}
