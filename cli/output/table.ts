import { oneLine } from './printable.ts';

/**
 * Columns under a header, two spaces apart, without borders.
 *
 * @param options.right indexes of columns that are aligned to the right, as numbers are.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string {
  const lines = [header, ...rows.map((row) => row.map(oneLine))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ''))));
  return lines
    .map((line) =>
      header
        .map((_, column) => padded(line[column] ?? '', widths[column] ?? 0, right.includes(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(text: string, to: number, isRight: boolean): string {
  const space = ' '.repeat(to - width(text));
  return isRight ? space + text : text + space;
}

/** Terminal cells: East Asian wide characters take two, colours none. */
function width(text: string): number {
  let cells = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours begin with one
  for (const character of text.replace(/\u001b\[[\d;]*m/g, '')) {
    cells += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
      ? 2
      : 1;
  }
  return cells;
}
