import { OUTCOMES } from '../../../../functions/shared/report/outcome-bar.ts';
import { count } from '../../../../functions/shared/words.ts';
import type { RunLine } from '../../api.ts';

const WIDTH = 100;
/** Of a hundred, so that a single row shows. */
const LEAST = 1.5;

/** The outcomes of a run as one thin bar; the rest of it is still to do. */
export function OutcomeLine({ run }: { readonly run: RunLine }) {
  const total = Math.max(1, run.totalRows ?? run.rows);
  let x = 0;
  const parts = OUTCOMES.flatMap((outcome) => {
    const rows = run[outcome] ?? 0;
    if (rows === 0) return [];
    const width = Math.max(LEAST, (rows / total) * WIDTH);
    const part = { outcome, x: Math.min(x, WIDTH - width), width };
    x += width;
    return part;
  });
  const label = OUTCOMES.flatMap((outcome) => (run[outcome] ? `${count(run[outcome])} ${outcome}` : [])).join(', ');
  return (
    <svg
      class="outcome-line"
      viewBox={`0 0 ${WIDTH} 4`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label || 'no row yet'}
    >
      <title>{label}</title>
      <rect class="rest" width={WIDTH} height="4" />
      {parts.map(({ outcome, x, width }) => (
        <rect key={outcome} class={outcome} x={x} width={width} height="4" />
      ))}
    </svg>
  );
}
