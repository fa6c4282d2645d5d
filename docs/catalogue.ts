import { readFileSync, writeFileSync } from 'node:fs';
import { REJECT_CODES, REJECT_REMEDIES, type RejectCode } from '../functions/shared/rejection.ts';
import { errorCatalogue } from '../functions/shared/run-failure/error-catalogue.ts';

/** Keeps the catalogue in docs/operations.md the one of the code: `npm run catalogue` writes it, a test compares. */
const FILE = new URL('operations.md', import.meta.url);
const BEGIN = '<!-- catalogue: written by `npm run catalogue` -->';
const END = '<!-- end of the catalogue -->';

export function withCatalogue(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end === -1) throw new Error(`docs/operations.md must hold the lines ${BEGIN} and ${END}.`);
  return `${text.slice(0, begin + BEGIN.length)}\n${catalogue()}\n${text.slice(end)}`;
}

function catalogue(): string {
  return [
    '### Errors that end a run',
    '',
    ...table(errorCatalogue.map(({ name, meaning, whatToDo }) => [name, meaning, whatToDo])),
    '',
    '### Codes of rejected rows and live events',
    '',
    ...table(
      Object.entries(REJECT_CODES).map(([code, meaning]) => [code, meaning, REJECT_REMEDIES[code as RejectCode]]),
    ),
  ].join('\n');
}

function table(rows: readonly (readonly [name: string, meaning: string, whatToDo: string])[]): string[] {
  return [
    '| name | meaning | what to do |',
    '|---|---|---|',
    ...rows.map(([name, meaning, whatToDo]) => `| \`${name}\` | ${meaning} | ${whatToDo} |`),
  ];
}

if (import.meta.main) writeFileSync(FILE, withCatalogue(readFileSync(FILE, 'utf8')));
