import { type Html, html } from './html.ts';

/** In the units of the drawing: as many CSS pixels where there is room for it, else it shrinks. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** The drawing itself. @param label says the main fact: whoever does not see the chart has that and the text beside it. */
export function drawing({ width, height }: ChartSize, label: string, content: Html): Html {
  return html`<svg class="drawing" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">${content}</svg>`;
}

/** What the marks of a chart mean. @param items classes of CHART_STYLE, each with its word. */
export function legend(items: readonly (readonly [mark: string, word: string])[]): Html {
  const entries = items.map(([mark, word]) => html`<li><i class="swatch ${mark}"></i>${word}</li>`);
  return html`<ul class="legend">${entries}</ul>`;
}

/** For coordinates: a tenth of a unit is finer than any screen shows. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
