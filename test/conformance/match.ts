import { isObject, type Json } from '../../local/states/json.ts';

/** Where a run first differs from what was recorded. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What the wildcards that must be the same throughout a case stood for. */
export type Bindings = Map<string, string>;

// biome-ignore lint/suspicious/noTemplateCurlyInString: a wildcard of the recordings.
export const ANY = '${any}';
const ANY_VALUE = ['SdkHttpMetadata', 'SdkResponseMetadata', 'requestId', 'stackTrace'];
/** AWS added it to the context object after most recordings. */
const MAY_BE_EXTRA = 'RedriveCount';
const ISO_TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)`;

/** Compares values by the rules of the recordings: wildcards, `$jsonString`, what may be missing. */
export function match(
  expected: Json | undefined,
  actual: Json | undefined,
  path: string,
  bindings: Bindings,
): Difference | undefined {
  const differs = { path, expected, actual };
  if (expected === ANY) return undefined;
  if (typeof expected === 'string') {
    return typeof actual === 'string' && matchText(expected, actual, bindings) ? undefined : differs;
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs;
    return firstOf(expected.map((element, i) => () => match(element, actual[i], `${path}[${i}]`, bindings)));
  }
  if (!isObject(expected)) return Object.is(expected, actual) || expected === actual ? undefined : differs;
  if ('$jsonString' in expected) {
    const value = typeof actual === 'string' ? parse(actual) : undefined;
    return value === undefined ? differs : match(expected.$jsonString as Json, value, `${path}(json)`, bindings);
  }
  if (!isObject(actual)) return differs;
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return firstOf(
    [...names].map((name) => () => {
      const inner = `${path}.${name}`;
      if (ANY_VALUE.includes(name) && expected[name] === ANY) return undefined;
      if (!(name in expected)) {
        return name === MAY_BE_EXTRA ? undefined : { path: inner, expected: undefined, actual: actual[name] };
      }
      return match(expected[name] as Json, actual[name] as Json | undefined, inner, bindings);
    }),
  );
}

export function firstOf(checks: readonly (() => Difference | undefined)[]): Difference | undefined {
  for (const check of checks) {
    const difference = check();
    if (difference) return difference;
  }
  return undefined;
}

function matchText(expected: string, actual: string, bindings: Bindings): boolean {
  const tokens: string[] = [];
  const parts = expected.split(/(\$\{[^}]*\})/).map((part) => {
    const token = /^\$\{(.*)\}$/.exec(part)?.[1];
    if (token === undefined) return escaped(part);
    if (token === 'any') return '[^]*';
    if (token === 'timestamp') return ISO_TIME;
    const known = bindings.get(token);
    if (known !== undefined) return escaped(known);
    tokens.push(token);
    return '([^/:]+)';
  });
  const found = new RegExp(`^${parts.join('')}$`).exec(actual);
  if (found === null) return false;
  for (const [i, token] of tokens.entries()) {
    const value = found[i + 1] ?? '';
    if ((bindings.get(token) ?? value) !== value) return false;
    bindings.set(token, value);
  }
  return true;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
