import { type Edge, type EdgeLabel, Graph, type GraphLabel, layout, type NodeLabel } from '@dagrejs/dagre';
import type { MachineDrawing, MachineNode, Point } from './api.ts';
import { type State, type States, waysOf } from './definition.ts';

/** Pixels. Names are drawn in a font of some seven a character. */
const CHARACTER = 7.4;
const BOX = { padding: 36, least: 132, height: 46 };
const END = { width: 64, height: 30 };
/** Around the states inside a Map, and its own name and how far it is above them. */
const MAP = { padding: 18, head: 46, least: 196 };
const LABEL_HEIGHT = 16;
const MARGIN = 2;
const START_NAME = 'Start';
const END_NAME = 'End';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** States of one level and what is inside them, with the upper left corner at 0, 0. */
interface Level extends Size, Pick<MachineDrawing, 'nodes' | 'edges'> {}

/** Lays out a state machine from top to bottom. @param definition in the states language, as JSON. */
export function drawMachine(definition: string): MachineDrawing {
  const machine: States = JSON.parse(definition);
  const { width, height, nodes, edges } = drawLevel(machine, undefined);
  return { width, height, nodes, edges };
}

/** dagre knows no edges to a group, so what is inside a Map is laid out first, and the Map is a box of its size. */
function drawLevel({ StartAt, States: states }: States, inside: string | undefined): Level {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 36, edgesep: 24, ranksep: 38 });
  graph.setDefaultEdgeLabel(() => ({}));
  const inner = new Map<string, Level>();
  for (const [name, state] of Object.entries(states)) {
    const level = state.ItemProcessor && drawLevel(state.ItemProcessor, name);
    if (level) inner.set(name, level);
    graph.setNode(name, level ? around(level, name) : boxOf(name));
  }
  const isWhole = inside === undefined;
  if (isWhole) {
    graph.setNode(START_NAME, { ...END });
    graph.setNode(END_NAME, { ...END });
    graph.setEdge(START_NAME, StartAt);
  }
  for (const [name, state] of Object.entries(states)) {
    waysOf(name, state).forEach(({ to = isWhole ? END_NAME : undefined, label = '' }, index) => {
      if (to === undefined) return;
      const room = label === '' ? {} : { width: label.length * CHARACTER, height: LABEL_HEIGHT };
      graph.setEdge(name, to, { label, ...room, labelpos: 'r', labeloffset: 6 }, String(index));
    });
  }
  layout(graph);

  const names: string[] = graph.nodes();
  const nodes = names.flatMap((name) => {
    const { x = 0, y = 0, width, height }: NodeLabel = graph.node(name);
    const node: MachineNode = { name, ...facts(states[name]), ...(inside && { inside }), x, y, width, height };
    return [node, ...placed(inner.get(name), node).nodes];
  });
  const ways: Edge[] = graph.edges();
  const edges = ways.map((way): MachineDrawing['edges'][number] => {
    const { points = [], label = '' }: EdgeLabel = graph.edge(way);
    return { from: way.v, to: way.w, ...(label !== '' && { label: String(label) }), points };
  });
  const innerEdges = nodes.flatMap((node) => (node.inside === inside ? placed(inner.get(node.name), node).edges : []));
  return onPaper({ nodes, edges: [...edges, ...innerEdges] });
}

/** As much paper as everything takes: dagre does not count ways that go far around, or back to their own state. */
function onPaper({ nodes, edges }: Pick<Level, 'nodes' | 'edges'>): Level {
  const corners = nodes.flatMap(({ x, y, width, height }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 },
  ]);
  const points = [...corners, ...edges.flatMap((edge) => edge.points)];
  const left = Math.min(...points.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...points.map(({ y }) => y)) - MARGIN;
  return {
    width: Math.max(...points.map(({ x }) => x)) + MARGIN - left,
    height: Math.max(...points.map(({ y }) => y)) + MARGIN - top,
    ...moved({ nodes, edges }, -left, -top),
  };
}

function facts(state: State | undefined): Pick<MachineNode, 'type' | 'comment'> {
  return { type: state?.Type, ...(state?.Comment !== undefined && { comment: state.Comment }) };
}

function boxOf(name: string): { width: number; height: number } {
  return { width: Math.max(BOX.least, name.length * CHARACTER + BOX.padding), height: BOX.height };
}

function around({ width, height }: Size, name: string): { width: number; height: number } {
  return {
    width: Math.max(MAP.least, boxOf(name).width, width + 2 * MAP.padding),
    height: height + MAP.head + MAP.padding,
  };
}

/** The level inside a Map, where the Map stands. */
function placed(level: Level | undefined, map: MachineNode): Pick<Level, 'nodes' | 'edges'> {
  if (!level) return { nodes: [], edges: [] };
  return moved(level, map.x - level.width / 2, map.y - map.height / 2 + MAP.head);
}

function moved({ nodes, edges }: Pick<Level, 'nodes' | 'edges'>, right: number, down: number) {
  const move = ({ x, y }: Point): Point => ({ x: x + right, y: y + down });
  return {
    nodes: nodes.map((node) => ({ ...node, ...move(node) })),
    edges: edges.map((edge) => ({ ...edge, points: edge.points.map(move) })),
  };
}
