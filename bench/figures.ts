import type { Bar } from './bench.ts';

/** From here on a ratio reads better as a multiple than in per cent. */
const MULTIPLE_FROM = 2;

/** `0.04 %`, `99.5 %`, `2.4 ×`, `31 ×`. */
export function ratioText(ratio: number): string {
  if (!Number.isFinite(ratio)) return '-';
  return ratio >= MULTIPLE_FROM ? `${figure(ratio)} ×` : `${figure(ratio * 100)} %`;
}

export function barText(bar: Bar | undefined): string {
  return bar ? `${bar.is} ${ratioText(bar.ratio)}` : '';
}

/** Three digits that count, as many as a measurement on a shared machine is worth; large numbers whole. */
export function figure(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Of an even number of values the upper of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
