/**
 * Colours and forms that the report and the console share, as CSS. Contrast of text is at least 4.5 to 1 in both schemes, of
 * marks in charts 3 to 1; a state is never told by its colour alone.
 */
export const TOKENS = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #0f1319); --panel: light-dark(#ffffff, #171c24); --raised: light-dark(#eef1f5, #202733);
  --line: light-dark(#d9dee6, #2e3744); --text: light-dark(#161b22, #e8ecf2); --muted: light-dark(#566070, #9fabbb);
  --accent: light-dark(#1456d9, #7aa7ff); --on-accent: light-dark(#ffffff, #0b1220);
  --synced: light-dark(#09724f, #35c08f); --unchanged: light-dark(#7a8699, #76839a); --stale: light-dark(#8a5700, #e0a53a);
  --rejected: light-dark(#bb2d3b, #ff7b85); --limit: light-dark(#6b3fc9, #b79aff); --throttled: light-dark(#c2520b, #ff9a5a);
  --good: var(--synced); --bad: var(--rejected); --warn: var(--stale); --running: var(--accent);
  --good-soft: color-mix(in srgb, var(--good) 12%, transparent); --bad-soft: color-mix(in srgb, var(--bad) 12%, transparent);
  --warn-soft: color-mix(in srgb, var(--warn) 14%, transparent); --running-soft: color-mix(in srgb, var(--running) 12%, transparent);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; --radius: 10px;
}
`;
