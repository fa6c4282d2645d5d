/** How charts look; goes with TOKENS. Classes of marks are those of their parts: an outcome, a state, calls, the limit. */
export const CHART_STYLE = `
.chart { margin: 0; }
.drawing { display: block; width: 100%; height: auto; overflow: visible; font-variant-numeric: tabular-nums; }
.drawing text { font-size: 12px; fill: var(--muted); }
.drawing .grid { stroke: var(--line); }
.drawing .base, .drawing .tick { stroke: var(--muted); }
.drawing .pause { stroke: var(--text); stroke-dasharray: 2 3; }
.drawing .pause-word { fill: var(--text); }
.drawing .hover { fill: transparent; }
.drawing .hover:hover { fill: var(--text); fill-opacity: .08; }
.drawing .calls { fill: var(--accent); fill-opacity: .28; stroke: var(--accent); stroke-width: 1; }
.drawing .throttled { fill: var(--throttled); }
.drawing .limit { fill: none; stroke: var(--limit); stroke-width: 2; stroke-dasharray: 6 3; }
.drawing .on-bar { fill: var(--on-accent); font-size: 11px; pointer-events: none; }
.drawing .bar.at-work { fill: var(--running); }
.drawing .bar.done, .drawing .band.done, .drawing .outcome.synced { fill: var(--synced); }
.drawing .bar.again, .drawing .band.again { fill: var(--throttled); }
.drawing .bar.failed, .drawing .band.failed, .drawing .outcome.rejected { fill: var(--rejected); }
.drawing .bar.stopped, .drawing .outcome.unchanged { fill: var(--unchanged); }
.drawing .outcome.stale { fill: var(--stale); }
.drawing .outcome.deleted { fill: var(--limit); }
.drawing .outcome.open { fill: var(--raised); stroke: var(--line); }
.drawing .redrive-mark { fill: var(--text); }
.drawing g:hover > .bar { fill-opacity: .8; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 13px; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { width: 12px; height: 12px; border-radius: 3px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.swatch.calls { background: color-mix(in srgb, var(--accent) 28%, transparent); box-shadow: inset 0 0 0 1px var(--accent); }
.swatch.throttled, .swatch.again { background: var(--throttled); }
.swatch.limit { height: 0; width: 16px; border-radius: 0; border-top: 2px dashed var(--limit); }
.swatch.done, .swatch.synced { background: var(--synced); }
.swatch.at-work { background: var(--running); }
.swatch.failed, .swatch.rejected { background: var(--rejected); }
.swatch.stopped, .swatch.unchanged { background: var(--unchanged); }
.swatch.stale { background: var(--stale); }
.swatch.deleted { background: var(--limit); }
.swatch.open { background: var(--raised); box-shadow: inset 0 0 0 1px var(--line); }
.swatch.redrive-mark { width: 0; height: 0; border-radius: 0; border: 5px solid transparent; border-top-color: var(--text); border-left-color: var(--text); }
`;
