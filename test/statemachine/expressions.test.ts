import { readdirSync, readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { expressionsOf, stateNamed, states } from './definition.ts';

/** One visit of a state: what Step Functions binds to `$states`, and what each expression must give. */
interface Case {
  readonly state: string;
  readonly description: string;
  readonly states: { readonly input?: unknown; readonly context?: unknown; readonly result?: unknown };
  /** By the path of the field. */
  readonly expected: Readonly<Record<string, unknown>>;
}

/** As infra gives them. */
const SUBSTITUTIONS: Readonly<Record<string, string>> = { MaxConcurrency: '8', RejectedShareThreshold: '0.01' };

const folder = new URL('cases/', import.meta.url);
const cases: Case[] = readdirSync(folder)
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));

const evaluations = cases.flatMap(({ state, description, states: bound, expected }) =>
  Object.entries(expected).map(([path, value]) => ({ state, description, bound, path, value })),
);

describe('each expression', () => {
  it.each(evaluations)('$state: $description ($path)', async ({ state, bound, path, value }) => {
    const expression = expressionsOf(stateNamed(state)).get(path);
    expect(expression, `${state} has no expression at ${path}`).toBeDefined();
    expect(await evaluate(expression ?? '', bound)).toEqual(value);
  });

  it('has a case', () => {
    const paths = [...states].flatMap(([name, state]) =>
      [...expressionsOf(state).keys()].map((path) => `${name} ${path}`),
    );
    const covered = new Set(evaluations.map(({ state, path }) => `${state} ${path}`));
    expect(paths.filter((path) => !covered.has(path))).toEqual([]);
  });
});

/** As Step Functions does: substitutions first, then JSONata with `$states` bound and no other input; the result is JSON. */
async function evaluate(expression: string, bound: Case['states']): Promise<unknown> {
  const substituted = expression.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => SUBSTITUTIONS[name] ?? name);
  const body = substituted.slice('{%'.length, -'%}'.length);
  const result: unknown = await jsonata(body).evaluate(undefined, { states: bound });
  if (result === undefined) throw new Error('The expression gives nothing; Step Functions would fail the state.');
  return JSON.parse(JSON.stringify(result));
}
