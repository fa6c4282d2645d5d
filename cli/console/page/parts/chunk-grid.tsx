import { count, counted, duration } from '../../../../functions/shared/words.ts';
import type { RunView } from '../../api.ts';

type Cell = RunView['cells'][number];
type State = Cell['state'];

const WORDS: Readonly<Record<State, string>> = {
  done: 'done',
  'at work': 'at work',
  again: 'waiting to be tried again',
  failed: 'failed',
  stopped: 'stopped when the run ended',
  'not started': 'not started',
};
const STATES = Object.keys(WORDS) as State[];

/** Every chunk of a run as a cell, with how many are in each state. */
export function ChunkGrid({ run: { cells, chunkCounts } }: { readonly run: RunView }) {
  const present = STATES.filter((state) => chunkCounts[state] > 0);
  const label = `Chunks: ${present.map((state) => `${count(chunkCounts[state])} ${WORDS[state]}`).join(', ')}`;
  return (
    <>
      <div class={cells.length > 400 ? 'chunks many' : 'chunks'} role="img" aria-label={label}>
        {cells.map((cell) => (
          <i key={cell.chunk} class={`cell ${cell.state.replaceAll(' ', '-')}`} title={textOf(cell)} />
        ))}
      </div>
      <ul class="legend">
        {present.map((state) => (
          <li key={state}>
            <i class={`cell ${state.replaceAll(' ', '-')}`} />
            {count(chunkCounts[state])} {WORDS[state]}
          </li>
        ))}
      </ul>
    </>
  );
}

function textOf({ chunk, state, rows, attempts, calls, throttled, worked, error }: Cell): string {
  if (attempts === 0) return `Chunk ${chunk}: ${WORDS[state]}`;
  const facts = [
    counted(rows, 'row'),
    `${counted(calls, 'call')}${throttled > 0 ? ` (${count(throttled)} throttled)` : ''}`,
    duration(worked / 1000),
    ...(attempts > 1 ? [counted(attempts, 'attempt')] : []),
    ...(error === undefined ? [] : [`last error ${error}`]),
  ];
  return `Chunk ${chunk}: ${WORDS[state]}. ${facts.join(', ')}`;
}
