import { count } from '../words.ts';
import { type ChartSize, drawing, tenth } from './chart-parts.ts';
import { type Html, html } from './html.ts';
import { listed, percent } from './words.ts';

export const OUTCOMES = ['synced', 'unchanged', 'stale', 'deleted', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** So that one row of a million shows. */
const LEAST_WIDTH = 4;
const GAP = 2;
const BAR_HEIGHT = 26;
/** Units of the label `unchanged 100 %`. */
const LABEL_FITS = 104;

/** Rows by outcome, and those without one yet. */
export interface OutcomeCounts extends Readonly<Record<Exclude<Outcome, 'deleted'>, number>> {
  /** Absent if none was. */
  readonly deleted?: number | undefined;
  readonly open?: number;
}

interface Segment {
  readonly name: Outcome | 'open';
  readonly rows: number;
  readonly x: number;
  readonly width: number;
}

/** One bar of all rows; what is only a sliver is widened until it shows, and its number stands in the text beside it. */
export function outcomeBar(rows: OutcomeCounts, { width }: Pick<ChartSize, 'width'>): Html {
  const segments = segmentsOf(rows, width);
  const total = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const word = (name: Segment['name']): string => (name === 'open' ? 'to do' : name);
  const label = `Rows by outcome: ${listed(segments.map(({ name, rows }) => `${count(rows)} ${word(name)}`)) || 'none'}`;
  const bars = segments.map(({ name, rows, x, width }) => {
    const share = `${word(name)} ${percent(rows / total)}`;
    const text = html`<text class="axis" x="${tenth(x)}" y="${BAR_HEIGHT + 18}">${share}</text>`;
    return html`<g><title>${word(name)}: ${count(rows)}</title><rect class="outcome ${name}" x="${tenth(x)}" y="0" width="${tenth(width)}" height="${BAR_HEIGHT}" rx="3"/>${width >= LABEL_FITS && text}</g>`;
  });
  const empty = html`<rect class="outcome open" x="0" y="0" width="${width}" height="${BAR_HEIGHT}" rx="3"/>`;
  return drawing({ width, height: BAR_HEIGHT + 24 }, label, html`${segments.length === 0 && empty}${bars}`);
}

function segmentsOf(rows: OutcomeCounts, width: number): Segment[] {
  const names = [...OUTCOMES, 'open'] as const;
  const present = names.flatMap((name) => ((rows[name] ?? 0) > 0 ? { name, rows: rows[name] ?? 0 } : []));
  const total = present.reduce((sum, each) => sum + each.rows, 0);
  const free = width - GAP * Math.max(0, present.length - 1) - LEAST_WIDTH * present.length;
  let x = 0;
  return present.map((each) => {
    const segment = { ...each, x, width: LEAST_WIDTH + (free * each.rows) / total };
    x += segment.width + GAP;
    return segment;
  });
}
