/** One line of a chart; `y[k]` stands at x = k. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly y: readonly number[];
  readonly dashed?: boolean;
}

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 24;
const TOP = 84;
const BOTTOM = 56;
const X_TICK = 20;
const Y_TICK = 20;

/** An SVG with axes, units and a legend, for a person to look at. */
export function lineChart(chart: {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}): string {
  const xMost = Math.max(...chart.series.map(({ y }) => y.length - 1));
  const yMost = Math.ceil(Math.max(...chart.series.flatMap(({ y }) => y)) / Y_TICK) * Y_TICK;
  const atX = (x: number) => (LEFT + (x / xMost) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const atY = (y: number) => (HEIGHT - BOTTOM - (y / yMost) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const ticks = (most: number, step: number) => Array.from({ length: Math.floor(most / step) + 1 }, (_, k) => k * step);
  const text = (x: number | string, y: number | string, words: string, more = '') =>
    `<text x="${x}" y="${y}" ${more}>${words}</text>`;

  const grid = [
    ...ticks(yMost, Y_TICK).flatMap((y) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(y)}" y2="${atY(y)}" stroke="#ddd"/>`,
      text(LEFT - 8, Number(atY(y)) + 4, String(y), 'text-anchor="end"'),
    ]),
    ...ticks(xMost, X_TICK).map((x) => text(atX(x), HEIGHT - BOTTOM + 20, String(x), 'text-anchor="middle"')),
  ];
  const lines = chart.series.map(({ y, color, dashed }) => {
    const points = y.map((value, x) => `${atX(x)},${atY(value)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`;
  });
  const legend = chart.series.flatMap(({ name, color, dashed }, index) => {
    const x = LEFT + index * ((WIDTH - LEFT - RIGHT) / chart.series.length);
    return [
      `<line x1="${x}" x2="${x + 28}" y1="56" y2="56" stroke="${color}" stroke-width="3"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`,
      text(x + 34, 60, name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" fill="white"/>',
    text(LEFT, 30, chart.title, 'font-size="17" font-weight="bold"'),
    ...legend,
    ...grid,
    ...lines,
    text((WIDTH + LEFT - RIGHT) / 2, HEIGHT - 12, chart.xLabel, 'text-anchor="middle"'),
    text(
      0,
      0,
      chart.yLabel,
      `text-anchor="middle" transform="translate(18 ${(HEIGHT + TOP - BOTTOM) / 2}) rotate(-90)"`,
    ),
    '</svg>',
    '',
  ].join('\n');
}
