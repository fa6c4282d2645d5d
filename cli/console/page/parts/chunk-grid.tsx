import { useMemo, useState } from 'preact/hooks';
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

/** Above these the cells are smaller, so that the grid stays on one screen. */
const MANY = 400;
const VERY_MANY = 1_500;

/** Every chunk of a run as a cell, with how many are in each state; of too many chunks for that the numbers alone. */
export function ChunkGrid({ run: { cells, chunkCounts } }: { readonly run: RunView }) {
  const present = STATES.filter((state) => chunkCounts[state] > 0);
  const label = `Chunks: ${present.map((state) => `${count(chunkCounts[state])} ${WORDS[state]}`).join(', ')}`;
  return (
    <>
      {cells.length > 0 ? <Cells cells={cells} label={label} /> : <Shares of={chunkCounts} />}
      <ul class="legend">
        {present.map((state) => (
          <li key={state}>
            <i class={`cell ${classOf(state)}`} />
            {count(chunkCounts[state])} {WORDS[state]}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The Tab key stops once; the arrow keys go from chunk to chunk. What a cell stands for is written below it, for touch too. */
function Cells({ cells, label }: { readonly cells: readonly Cell[]; readonly label: string }) {
  const [shown, setShown] = useState(0);
  const current = cells[Math.min(shown, cells.length - 1)];
  // Thousands of cells are compared with the page only when there is news of them, not at each key.
  const grid = useMemo(
    () => (
      <fieldset
        class={`chunks ${sizeOf(cells.length)}`}
        aria-label={`${label}. The arrow keys go from one to the next.`}
      >
        {cells.map((cell, index) => (
          <button
            key={cell.chunk}
            type="button"
            class={`cell ${classOf(cell.state)}`}
            aria-label={textOf(cell)}
            tabIndex={index === 0 ? 0 : -1}
            onFocus={({ currentTarget }) => {
              makeStop(currentTarget);
              setShown(index);
            }}
            onMouseEnter={() => setShown(index)}
            onKeyDown={move}
          />
        ))}
      </fieldset>
    ),
    [cells, label],
  );
  return (
    <>
      {grid}
      {current && (
        <p class="cell-text muted" aria-hidden="true">
          {textOf(current)}
        </p>
      )}
    </>
  );
}

/** Of all cells the Tab key stops at this one. */
function makeStop(cell: HTMLElement): void {
  for (const before of cell.parentElement?.querySelectorAll<HTMLElement>('[tabindex="0"]') ?? []) before.tabIndex = -1;
  cell.tabIndex = 0;
}

function move(event: KeyboardEvent): void {
  const { key, currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  const next = targetOf(key, currentTarget);
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

function targetOf(key: string, { nextElementSibling, previousElementSibling, parentElement }: HTMLElement) {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return nextElementSibling;
    case 'ArrowLeft':
    case 'ArrowUp':
      return previousElementSibling;
    case 'Home':
      return parentElement?.firstElementChild;
    case 'End':
      return parentElement?.lastElementChild;
    default:
      return undefined;
  }
}

function sizeOf(cells: number): string {
  if (cells <= MANY) return '';
  return cells <= VERY_MANY ? 'many' : 'very-many';
}

function Shares({ of: counts }: { readonly of: RunView['chunkCounts'] }) {
  const total = STATES.reduce((sum, state) => sum + counts[state], 0);
  let x = 0;
  const parts = STATES.map((state) => {
    const part = { state, x, width: (counts[state] / Math.max(1, total)) * 100 };
    x += part.width;
    return part;
  });
  return (
    <svg class="chunk-shares" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ state, ...place }) => (
        <rect key={state} class={`cell ${classOf(state)}`} height="4" {...place} />
      ))}
    </svg>
  );
}

function classOf(state: State): string {
  return state.replaceAll(' ', '-');
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
