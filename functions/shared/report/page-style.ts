/** How the report looks, on a screen of any width and on paper; goes with TOKENS and CHART_STYLE. */
export const PAGE_STYLE = `
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%; }
body { max-width: 976px; margin: 0 auto; padding: 40px 24px 64px; }
header { margin-bottom: 24px; }
h1, h2, h3, p { margin: 0; }
h1 { font-size: 26px; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; unicode-bidi: isolate; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 650; margin-bottom: 12px; }
h3 { font-size: 15px; font-weight: 600; }
.kind, .when, .hint, footer { color: var(--muted); font-size: 14px; }
.kind { margin-bottom: 4px; }
.when { margin-top: 6px; font-variant-numeric: tabular-nums; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: var(--radius); padding: 22px 24px 24px; margin-top: 16px; }
section > * + *, li > * + * { margin-top: 12px; }
section > h2 + * { margin-top: 0; }
section h3 + * { margin-top: 6px; }
section > p { max-width: 72ch; }
.verdict { display: flex; gap: 16px; align-items: flex-start; border-width: 1px 1px 1px 5px; }
.verdict > * + * { margin-top: 0; }
.verdict .word { font-size: 20px; line-height: 1.3; font-weight: 650; }
.verdict .sentence { margin-top: 4px; }
.mark { flex: none; stroke: var(--panel); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; fill: none; }
.mark circle, .mark .shape { stroke: none; }
.verdict.good { background: linear-gradient(var(--good-soft), var(--good-soft)), var(--panel); border-color: var(--good); } .good .mark circle { fill: var(--good); }
.verdict.attention { background: linear-gradient(var(--warn-soft), var(--warn-soft)), var(--panel); border-color: var(--warn); } .attention .mark .shape { fill: var(--warn); }
.verdict.failed { background: linear-gradient(var(--bad-soft), var(--bad-soft)), var(--panel); border-color: var(--bad); } .failed .mark circle { fill: var(--bad); }
.figures { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1px; margin: 16px 0 0; background: var(--line); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; }
.figures > div { background: var(--panel); padding: 14px 16px; }
.figures dt { color: var(--muted); font-size: 13px; }
.figures dd { margin: 2px 0 0; font-size: 13px; color: var(--muted); line-height: 1.35; }
.figures strong { display: block; white-space: nowrap; font-size: 20px; line-height: 1.3; font-weight: 600; color: var(--text); font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.45; }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--muted); font-size: 13px; padding-top: 0; white-space: nowrap; }
tbody th { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.key { display: inline-flex; align-items: center; gap: 8px; }
.key.sub { padding-left: 20px; color: var(--muted); }
.cell-bar { display: block; margin: 3px 0 0 auto; fill: var(--accent); fill-opacity: .55; }
code, pre { font-family: var(--mono); font-size: .92em; }
code { overflow-wrap: anywhere; unicode-bidi: isolate; }
code.name { white-space: nowrap; }
code.export { display: block; color: var(--muted); }
.option { white-space: nowrap; }
pre { margin: 8px 0 0; padding: 10px 14px; background: var(--raised); border-radius: 7px; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.message { border-left: 3px solid var(--bad); }
.steps { margin: 0; padding-left: 22px; }
.steps li + li { margin-top: 12px; }
.codes { margin: 0; padding: 0; list-style: none; }
.codes li { padding: 14px 0; border-top: 1px solid var(--line); }
section > h2 + .codes > li:first-child { border-top: 0; padding-top: 0; }
section > p + .codes { margin-top: 12px; }
.codes li > * + * { margin-top: 4px; }
.codes p { max-width: 72ch; }
.amount { color: var(--muted); font-weight: 400; margin-left: 6px; }
.rows { color: var(--muted); font-size: 14px; font-variant-numeric: tabular-nums; }
.facts { margin: 0; font-size: 14px; }
.facts > div { display: grid; grid-template-columns: 190px 1fr; gap: 16px; padding: 6px 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; min-width: 0; }
.narrow { display: none; }
footer { margin-top: 24px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 860px) {
  .figures { grid-template-columns: repeat(3, 1fr); }
}
@media (max-width: 600px) {
  body { padding: 24px 12px 40px; }
  h1 { font-size: 22px; }
  section { padding: 18px 16px; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .facts > div { grid-template-columns: 1fr; gap: 0; }
  .wide { display: none; }
  .narrow { display: block; }
  table:has(.prose), table:has(.prose) tbody { display: block; }
  table:has(.prose) thead { display: none; }
  table:has(.prose) tr { display: flex; flex-wrap: wrap; justify-content: space-between; padding: 10px 0; border-bottom: 1px solid var(--line); }
  table:has(.prose) tr:last-child { border-bottom: 0; }
  table:has(.prose) tr > * { border: 0; padding: 0 0 0 16px; }
  table:has(.prose) tr > th { flex: 1; padding-left: 0; }
  table:has(.prose) .prose { flex: 0 0 100%; padding: 2px 0 0; color: var(--muted); }
}
@media print {
  @page { size: A4; margin: 14mm; }
  :root { color-scheme: light; }
  html { background: none; font-size: 12.5px; }
  body { max-width: none; padding: 0; }
  h1 { font-size: 22px; }
  section { background: none; border-width: 1px 0 0; border-radius: 0; padding: 14px 0 4px; margin-top: 14px; break-inside: avoid; }
  main > :last-child { break-inside: auto; }
  .facts > div { break-inside: avoid; }
  .verdict { border-width: 1px 1px 1px 5px; border-radius: var(--radius); padding: 14px 18px; }
  .figures { grid-template-columns: repeat(6, 1fr); }
  .figures > div { padding: 10px 12px; }
  .figures strong { font-size: 16px; }
  table, .facts { font-size: 12px; }
  th, td { padding-top: 5px; padding-bottom: 5px; }
  .facts > div { padding: 3px 0; }
  .figures, table, tr, li, .chart, pre { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  footer { break-before: avoid; }
  .wide { display: block; }
  .narrow { display: none; }
  .scroll { overflow: visible; }
  .verdict, .figures, .swatch, pre, .drawing * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
