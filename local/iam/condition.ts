import { UnsupportedTemplate } from '../cloudformation/assembly.ts';
import { isObject } from '../states/json.ts';
import { arnWildcard, wildcard } from './wildcard.ts';

/** The values of a call's condition keys, by name in lower case. */
export type Context = Readonly<Record<string, string>>;
export type Condition = (context: Context) => boolean;

/** How each operator compares one wanted value; undefined if it can't be one. An absent key never matches. */
const OPERATORS: Readonly<Record<string, (wanted: string) => ((given: string) => boolean) | undefined>> = {
  ArnEquals: arnWildcard,
  ArnLike: arnWildcard,
  Bool: (wanted) => (/^(true|false)$/i.test(wanted) ? (given) => given === wanted.toLowerCase() : undefined),
  StringEquals: (wanted) => (given) => given === wanted,
  StringLike: (wanted) => wildcard(wanted),
};

/** Every key that a call here can have. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const KEYS: readonly string[] = [
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'kms:encryptioncontext:aws:logs:arn',
  'kms:viaservice',
  's3:prefix',
];

/**
 * Compiles the Condition of a statement: every operator and every key must hold, one of a key's values is enough.
 *
 * @throws UnsupportedTemplate naming an operator, key or value that is not known
 */
export function compileCondition(condition: unknown, where: string): Condition {
  const tests = membersOf(condition, where).flatMap(([operator, keys]) => {
    const compile = OPERATORS[operator];
    if (!compile) throw unsupported(where, `the condition operator '${operator}'`, Object.keys(OPERATORS));
    return membersOf(keys, `${where}.${operator}`).map(([key, values]): Condition => {
      const name = key.toLowerCase();
      if (!KEYS.includes(name)) throw unsupported(where, `the condition key '${key}'`, KEYS);
      const matchers = [values].flat().map((value) => {
        const matches = hasVariable(String(value)) ? undefined : compile(String(value));
        if (!matches) throw new UnsupportedTemplate(`${where}: ${operator} ${key} does not support '${value}'.`);
        return matches;
      });
      return (context) => {
        const given = context[name];
        return given !== undefined && matchers.some((matches) => matches(given));
      };
    });
  });
  return (context) => tests.every((holds) => holds(context));
}

/** Policy variables, as in `${aws:username}`. */
export function hasVariable(text: string): boolean {
  return text.includes('${');
}

function membersOf(value: unknown, where: string): [string, unknown][] {
  if (!isObject(value)) throw new UnsupportedTemplate(`${where} must be an object.`);
  return Object.entries(value);
}

function unsupported(where: string, what: string, known: readonly string[]): UnsupportedTemplate {
  return new UnsupportedTemplate(`${where}: the embedded stack does not support ${what}. It has: ${known.join(', ')}.`);
}
