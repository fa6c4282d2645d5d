import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineDrawing, MachineNode } from '../../../cli/console/api.ts';
import { drawMachine } from '../../../cli/console/drawing.ts';

const ASL = readFileSync('statemachine/profile-sync.asl.json', 'utf8');

/** `from > to`, with the label if there is one. */
const ways = ({ edges }: MachineDrawing) =>
  edges.map(({ from, to, label }) => `${from} > ${to}${label === undefined ? '' : ` (${label})`}`).sort();
const isOver = (a: MachineNode, b: MachineNode) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
const isIn = ({ x, y, width, height }: MachineNode, room: Pick<MachineNode, 'x' | 'y' | 'width' | 'height'>) =>
  Math.abs(x - room.x) <= (room.width - width) / 2 + 0.01 && Math.abs(y - room.y) <= (room.height - height) / 2 + 0.01;

/** Boxes stand apart, or the one is inside the other; all is on the paper. */
function checkBoxes({ nodes, edges, width, height }: MachineDrawing): void {
  const paper = { x: width / 2, y: height / 2, width, height };
  for (const node of nodes) expect(isIn(node, paper), `${node.name} on the paper`).toBe(true);
  for (const { points } of edges) {
    for (const { x, y } of points) expect(x >= -0.01 && y >= -0.01 && x <= width && y <= height).toBe(true);
  }
  for (const [index, a] of nodes.entries()) {
    for (const b of nodes.slice(index + 1)) {
      const [outer, inner] = a.inside === b.name ? [b, a] : [a, b];
      if (inner.inside === outer.name) expect(isIn(inner, outer), `${inner.name} in ${outer.name}`).toBe(true);
      else if (a.inside === b.inside) expect(isOver(a, b), `${a.name} over ${b.name}`).toBe(false);
    }
  }
}

describe('the drawing of the state machine', () => {
  const drawing = drawMachine(ASL);

  it('has every state, with its type and why it is there, and the two ends', () => {
    expect(
      drawing.nodes.map(({ name, type, inside }) => `${name}: ${type}${inside ? ` in ${inside}` : ''}`).sort(),
    ).toEqual([
      'End: undefined',
      'HasRows?: Choice',
      'NeedsAttention?: Choice',
      'RaiseAlarm: Task',
      'RowsAccounted?: Choice',
      'RowsUnaccounted: Fail',
      'RunComplete: Succeed',
      'SplitExport: Task',
      'Start: undefined',
      'SummarizeRun: Task',
      'SyncChunk: Task in SyncChunks',
      'SyncChunks: Map',
    ]);
    const { States } = JSON.parse(ASL);
    const split = drawing.nodes.find(({ name }) => name === 'SplitExport');
    expect(split?.comment).toBe(States.SplitExport.Comment);
  });

  it('has every way from state to state, with what it is taken for', () => {
    expect(ways(drawing)).toEqual([
      'HasRows? > SummarizeRun (no)',
      'HasRows? > SyncChunks (yes)',
      'NeedsAttention? > RaiseAlarm (yes)',
      'NeedsAttention? > RunComplete (no)',
      'RaiseAlarm > RunComplete',
      'RowsAccounted? > NeedsAttention? (yes)',
      'RowsAccounted? > RowsUnaccounted (no)',
      'RowsUnaccounted > End',
      'RunComplete > End',
      'SplitExport > HasRows?',
      'Start > SplitExport',
      'SummarizeRun > RowsAccounted?',
      'SyncChunks > SummarizeRun',
    ]);
  });

  it('lets no box lie over another', () => checkBoxes(drawing));
});

it('labels several conditions by their words, what is left by else, and catches by their errors', () => {
  const drawing = drawMachine(
    JSON.stringify({
      StartAt: 'Which',
      States: {
        Which: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $states.input.size > 10 %}', Next: 'Big' },
            { Condition: '{% $states.input.aVeryLongNameOfSomething = 12345 %}', Next: 'Big' },
          ],
          Default: 'Small',
        },
        Big: { Type: 'Task', Catch: [{ ErrorEquals: ['A', 'B'], Next: 'Small' }], End: true },
        Small: { Type: 'Pass', End: true },
      },
    }),
  );
  expect(ways(drawing)).toEqual([
    'Big > End',
    'Big > Small (A, B)',
    'Small > End',
    'Start > Which',
    'Which > Big (aVeryLongNameOfSomething = …)',
    'Which > Big (size > 10)',
    'Which > Small (else)',
  ]);
});

/** A state of a random machine, before its place in the chain is known. */
const state = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ Type: 'Pass' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      Type: fc.constant('Choice' as const),
      to: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ Type: fc.constant('Map' as const), inner: fc.integer({ min: 1, max: 4 }) }) },
);

function chain(states: readonly (typeof state extends fc.Arbitrary<infer T> ? T : never)[]): string {
  const name = (index: number) => `S${index % states.length}`;
  const next = (index: number) => (index + 1 < states.length ? { Next: name(index + 1) } : { End: true });
  const inside = (of: number, count: number) =>
    Array.from({ length: count }, (_, n) => [
      `S${of}I${n}`,
      { Type: 'Pass', ...(n + 1 < count ? { Next: `S${of}I${n + 1}` } : { End: true }) },
    ]);
  const built = states.map((one, index) => {
    if (one.Type === 'Choice') {
      const Choices = one.to.map((to) => ({ Condition: '{% true %}', Next: name(to) }));
      return [name(index), { Type: 'Choice', Choices, Default: name(index + 1) }];
    }
    if (one.Type === 'Pass') return [name(index), { Type: 'Pass', ...next(index) }];
    const ItemProcessor = { StartAt: `S${index}I0`, States: Object.fromEntries(inside(index, one.inner)) };
    return [name(index), { Type: 'Map', ItemProcessor, ...next(index) }];
  });
  return JSON.stringify({ StartAt: 'S0', States: Object.fromEntries(built) });
}

it('lets no box lie over another, whatever the machine is', () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 12 }), (states) => {
      const drawing = drawMachine(chain(states));
      const inner = states.reduce((sum, one) => sum + (one.Type === 'Map' ? one.inner : 0), 0);
      expect(drawing.nodes).toHaveLength(states.length + inner + 2);
      checkBoxes(drawing);
    }),
    { numRuns: 60 },
  );
});
