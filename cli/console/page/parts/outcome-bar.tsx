import { count } from '../../../../functions/shared/words.ts';
import type { RunLine } from '../../api.ts';

export const OUTCOMES = ['synced', 'unchanged', 'stale', 'rejected'] as const;

/** A thin bar of the rows by outcome; what has none yet is left empty. The numbers stand beside it. */
export function OutcomeBar({ run, large = false }: { readonly run: RunLine; readonly large?: boolean }) {
  const done = OUTCOMES.reduce((sum, outcome) => sum + run[outcome], 0);
  const rest = Math.max(0, (run.totalRows ?? done) - done);
  const label = OUTCOMES.map((outcome) => `${outcome} ${count(run[outcome])}`).join(', ');
  return (
    <span class={large ? 'outcomes large' : 'outcomes'} role="img" aria-label={`Outcomes: ${label}`}>
      {OUTCOMES.map((outcome) => run[outcome] > 0 && <i key={outcome} class={outcome} style={{ flexGrow: run[outcome] }} />)}
      <i style={{ flexGrow: rest }} />
    </span>
  );
}
