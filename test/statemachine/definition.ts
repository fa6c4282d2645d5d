import { readFileSync } from 'node:fs';

export const DEFINITION_TEXT = readFileSync(
  new URL('../../statemachine/profile-sync.asl.json', import.meta.url),
  'utf8',
);

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts?: number;
  readonly JitterStrategy?: string;
}

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Retry?: readonly Retrier[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
  readonly [field: string]: unknown;
}

export const definition: { readonly States: Readonly<Record<string, State>>; readonly [field: string]: unknown } =
  JSON.parse(DEFINITION_TEXT);

/** Every state of the file, those of the Map's children too. */
export const states: ReadonlyMap<string, State> = new Map(flatten(definition.States));

export function stateNamed(name: string): State {
  const state = states.get(name);
  if (!state) throw new Error(`The definition has no state named ${name}.`);
  return state;
}

export function statesOfType(type: string): [string, State][] {
  return [...states].filter(([, state]) => state.Type === type);
}

function flatten(inner: Readonly<Record<string, State>>): [string, State][] {
  return Object.entries(inner).flatMap(([name, state]) => [
    [name, state] satisfies [string, State],
    ...flatten(state.ItemProcessor?.States ?? {}),
  ]);
}

/** The `{% … %}` strings of one state by the path of their field, without those of the states inside it. */
export function expressionsOf(state: State): Map<string, string> {
  const { ItemProcessor: _children, ...own } = state;
  return new Map(expressions(own, ''));
}

function expressions(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return value.startsWith('{%') ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Array.isArray(value)) return expressions(inner, `${path}[${key}]`);
    return expressions(inner, path === '' ? key : `${path}.${key}`);
  });
}
