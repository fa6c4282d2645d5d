import { readFileSync, writeFileSync } from 'node:fs';
import { type Deployed, readDeployed } from './cost/deployed.ts';
import { costTables } from './cost/page.ts';

/** Keeps the numbers in docs/cost.md those of prices, code and template: `npm run cost` writes them, a test compares. */
const FILE = new URL('cost.md', import.meta.url);
const BEGIN = '<!-- cost: written by `npm run cost` -->';
const END = '<!-- end of the cost -->';

export function withCost(text: string, deployed: Deployed): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end === -1) throw new Error(`docs/cost.md must hold the lines ${BEGIN} and ${END}.`);
  return `${text.slice(0, begin + BEGIN.length)}\n${costTables(deployed)}\n${text.slice(end)}`;
}

if (import.meta.main) writeFileSync(FILE, withCost(readFileSync(FILE, 'utf8'), await readDeployed()));
