import { table } from '../cli/output/table.ts';
import { type Bench, type Detail, fallsShort, type Line, type Measured } from './bench.ts';
import { barText, ratioText } from './figures.ts';

const HEADER = ['measured', 'ours', 'against', 'ratio', 'bar', ''];

export interface Result {
  readonly bench: Pick<Bench, 'name' | 'title'>;
  readonly measured: Measured;
}

/** On which machine, when and how it was measured, in short sentences. */
export type Circumstances = readonly string[];

/** The one table of all lines, for a terminal. */
export function linesTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ measured }) => measured.lines.map(cells));
  return table(HEADER, rows, { right: [3] });
}

/** The page of a whole run of the bench. */
export function resultsPage(results: readonly Result[], circumstances: Circumstances): string {
  const sections = results.map(({ bench, measured }) =>
    [
      `## ${bench.title}`,
      measured.settings.map((setting) => `- ${setting}`).join('\n'),
      markdownTable(HEADER, measured.lines.map(cells)),
      ...(measured.details ?? []).map(detail),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  return [
    '# Results',
    '`npm run bench` writes this page. Each line compares two figures of the same run on the same machine.',
    circumstances.map((each) => `- ${each}`).join('\n'),
    ...sections,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function cells(line: Line): string[] {
  return [
    line.what,
    line.ours,
    line.against,
    ratioText(line.ratio),
    barText(line.bar),
    fallsShort(line) ? 'falls short' : line.bar ? 'ok' : '',
  ];
}

function detail({ title, header, rows }: Detail): string {
  return `### ${title}\n\n${markdownTable(header, rows)}`;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
