import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DefinitionError } from '../../local/states/errors.ts';
import { type Case, readCases } from './case.ts';
import { compare } from './compare.ts';
import { execute } from './execute.ts';
import type { Difference } from './match.ts';

const USAGE = `Usage: npm run conformance -- FOLDER [--only NAME] [--json]
Runs every recorded Step Functions execution of a folder on the interpreter and prints where each first differs.
  --only NAME  run this case alone
  --json       one JSON object per case, and one for the totals`;

type Verdict =
  | { readonly verdict: 'passed' }
  | { readonly verdict: 'failed'; readonly difference: Difference }
  | { readonly verdict: 'refused'; readonly faults: readonly string[] };

export async function judge(one: Case): Promise<Verdict> {
  try {
    const difference = compare(one, await execute(one));
    return difference ? { verdict: 'failed', difference } : { verdict: 'passed' };
  } catch (error) {
    if (error instanceof DefinitionError) return { verdict: 'refused', faults: error.faults };
    throw error;
  }
}

function describe(name: string, verdict: Verdict): string {
  if (verdict.verdict === 'failed') {
    const { path, expected, actual } = verdict.difference;
    return `FAILED ${name}\n  at ${path}\n  expected ${JSON.stringify(expected)}\n  actual   ${JSON.stringify(actual)}`;
  }
  if (verdict.verdict === 'refused') return `REFUSED ${name}\n  ${verdict.faults.join('\n  ')}`;
  return `passed ${name}`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
    strict: false,
  });
  const [folder] = positionals;
  const known = Object.keys(values).every((name) => name === 'only' || name === 'json');
  if (folder === undefined || positionals.length > 1 || !known || !existsSync(folder)) {
    console.error(folder === undefined || existsSync(folder) ? USAGE : `There is no folder ${folder}.\n${USAGE}`);
    return 1;
  }
  const cases = readCases(folder).filter(({ name }) => values.only === undefined || name === values.only);
  if (cases.length === 0) {
    console.error(`No case${values.only === undefined ? '' : ` '${values.only}'`} in ${folder}.`);
    return 1;
  }
  const totals = { passed: 0, failed: 0, refused: 0 };
  for (const one of cases) {
    const verdict = await judge(one);
    totals[verdict.verdict] += 1;
    if (values.json) console.log(JSON.stringify({ name: one.name, ...verdict }));
    else if (verdict.verdict !== 'passed') console.log(describe(one.name, verdict));
  }
  const { passed, failed, refused } = totals;
  console.log(values.json ? JSON.stringify(totals) : `${passed} passed, ${failed} failed, ${refused} refused`);
  return failed + refused === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
