import { count } from '../../../../functions/shared/words.ts';
import type { MachineDrawing, MachineNode, MachineState, Point, RunView } from '../../api.ts';

/** From the top of the box of a Map to its name, and to what stands below it. */
const MAP_NAME = 18;
const MAP_NOTE = 34;

const WORDS: Readonly<Record<MachineState, string>> = {
  waiting: 'waiting',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
};

/** The state machine of a run, each state in the colour of what became of it. */
export function MachineGraph({ drawing, run }: { readonly drawing: MachineDrawing; readonly run: RunView }) {
  const stateOf = (name: string): MachineState | undefined => run.machine[name];
  const entered = drawing.nodes.flatMap(({ name, type }) => {
    const state = stateOf(name);
    return type !== undefined && state ? `${name} ${WORDS[state]}` : [];
  });
  const taken = takenEdges(drawing, run.machine);
  const holders = new Set(drawing.nodes.flatMap(({ inside }) => inside ?? []));
  return (
    <div class="machine">
      <svg
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        width={drawing.width}
        height={drawing.height}
        role="img"
        aria-label={`State machine: ${entered.join(', ') || 'not begun'}`}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.6L7.4 4 0 7.4z" />
          </marker>
        </defs>
        {drawing.nodes.map((node) => (
          <Node
            key={`${node.inside}/${node.name}`}
            node={node}
            state={stateOf(node.name)}
            isHolder={holders.has(node.name)}
            run={run}
          />
        ))}
        {drawing.edges.map((edge) => {
          const { from, to, label, points } = edge;
          return (
            <g key={`${from} ${to} ${label}`} class={taken.has(edge) ? 'edge taken' : 'edge'}>
              <path d={pathOf(points)} marker-end="url(#arrow)" />
              {label && <Label text={label} points={points} />}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** Of the ways out of a state the one to the state that was entered first: others may have been entered later, by another way. */
function takenEdges(
  { edges }: MachineDrawing,
  machine: RunView['machine'],
): ReadonlySet<MachineDrawing['edges'][number]> {
  const entered = Object.keys(machine);
  const byOrigin = Map.groupBy(
    edges.filter(({ from, to }) => machine[from] === 'succeeded' && machine[to] !== undefined),
    ({ from }) => from,
  );
  const first = [...byOrigin.values()].flatMap(
    (ways) => ways.toSorted((a, b) => entered.indexOf(a.to) - entered.indexOf(b.to))[0] ?? [],
  );
  return new Set(first);
}

function Node({
  node,
  state,
  isHolder,
  run,
}: {
  readonly node: MachineNode;
  readonly state: MachineState | undefined;
  readonly isHolder: boolean;
  readonly run: RunView;
}) {
  const { name, type, comment, x, y, width, height } = node;
  const isEnd = type === undefined;
  const top = y - height / 2;
  const nameY = isHolder ? top + MAP_NAME : isEnd ? y + 4 : y - 2;
  const noteY = isHolder ? top + MAP_NOTE : y + 14;
  const note = noteOf(node, state, isHolder, run);
  return (
    <g class={`node ${state ?? 'untouched'}${isEnd ? ' end' : ''}${isHolder ? ' holder' : ''}`}>
      <title>{comment ?? name}</title>
      <rect x={x - width / 2} y={top} width={width} height={height} rx={isEnd ? height / 2 : 8} />
      <text class="name" x={x} y={nameY} text-anchor="middle">
        {name}
      </text>
      {!isEnd && (
        <text class="note" x={x} y={noteY} text-anchor="middle">
          {note}
        </text>
      )}
    </g>
  );
}

function noteOf({ type }: MachineNode, state: MachineState | undefined, isHolder: boolean, run: RunView): string {
  if (!isHolder) return state ? WORDS[state] : (type ?? '');
  const { done } = run.chunkCounts;
  const total = Object.values(run.chunkCounts).reduce((sum, chunks) => sum + chunks, 0);
  return total === 0 ? '' : `${count(done)} of ${count(total)} chunks done`;
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

function Label({ text, points }: { readonly text: string; readonly points: readonly Point[] }) {
  const middle = points[Math.floor((points.length - 1) / 2)];
  if (!middle) return null;
  return (
    <text x={middle.x + 6} y={middle.y + 4}>
      {text}
    </text>
  );
}
