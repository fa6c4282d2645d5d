/** A compiled event pattern: does it match this event? */
export type EventPattern = (event: unknown) => boolean;

/** An event pattern that the embedded EventBridge does not understand; `path` says where. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPatternException';
}

/** Values of one field: an array in the event matches if any element does; absent is undefined. */
type Matcher = (value: unknown) => boolean;

/**
 * Compiles an event pattern. A matcher that is not in the table below is refused by name.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws InvalidEventPattern
 */
export function compilePattern(pattern: unknown, path = 'EventPattern'): EventPattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new InvalidEventPattern(`${path} must be an object with at least one field.`);
  }
  const fields = Object.entries(pattern).map(([name, value]) =>
    name === '$or' ? compileOr(value, `${path}.$or`) : compileField(name, value, `${path}.${name}`),
  );
  return (event) => fields.every((matches) => matches(event));
}

function compileOr(value: unknown, path: string): EventPattern {
  if (!Array.isArray(value) || value.length < 2)
    throw new InvalidEventPattern(`${path} must be a list of two patterns or more.`);
  const branches = value.map((branch, index) => compilePattern(branch, `${path}[${index}]`));
  return (event) => branches.some((matches) => matches(event));
}

function compileField(name: string, value: unknown, path: string): EventPattern {
  if (!Array.isArray(value)) {
    const nested = compilePattern(value, path);
    return (event) => {
      const inner = isObject(event) ? event[name] : undefined;
      // An object inside a list is matched by any element, as EventBridge flattens lists.
      return Array.isArray(inner) ? inner.some(nested) : nested(inner);
    };
  }
  if (value.length === 0) throw new InvalidEventPattern(`${path} must not be an empty list.`);
  const matchers = value.map((entry, index) => compileMatcher(entry, `${path}[${index}]`));
  return (event) => {
    const found = isObject(event) ? event[name] : undefined;
    const candidates = Array.isArray(found) && found.length > 0 ? found : [found];
    return candidates.some((candidate) => matchers.some((matches) => matches(candidate)));
  };
}

function compileMatcher(entry: unknown, path: string): Matcher {
  if (!isObject(entry)) {
    if (Array.isArray(entry)) throw new InvalidEventPattern(`${path} must be a value or a matcher, not a list.`);
    return (value) => value === entry;
  }
  const [[operator, argument] = ['', undefined], ...others] = Object.entries(entry);
  if (others.length > 0) throw new InvalidEventPattern(`${path} must hold exactly one matcher.`);
  const compile = OPERATORS[operator];
  if (!compile) {
    const known = Object.keys(OPERATORS).join(', ');
    throw new InvalidEventPattern(`${path}: the embedded EventBridge has no matcher '${operator}'. It has: ${known}.`);
  }
  return compile(argument, `${path}.${operator}`);
}

const OPERATORS: Readonly<Record<string, (argument: unknown, path: string) => Matcher>> = {
  prefix: (argument, path) => textMatcher(argument, path, (value, text) => value.startsWith(text)),
  suffix: (argument, path) => textMatcher(argument, path, (value, text) => value.endsWith(text)),
  'equals-ignore-case': (argument, path) => {
    const text = asText(argument, path).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === text;
  },
  wildcard: (argument, path) => {
    const expression = wildcard(asText(argument, path));
    return (value) => typeof value === 'string' && expression.test(value);
  },
  exists: (argument, path) => {
    if (typeof argument !== 'boolean') throw new InvalidEventPattern(`${path} must be true or false.`);
    // Only leaves exist for EventBridge: an object in the event is no value.
    return (value) => (value !== undefined && !isObject(value)) === argument;
  },
  numeric: compileNumeric,
  'anything-but': compileAnythingBut,
};

function textMatcher(argument: unknown, path: string, test: (value: string, text: string) => boolean): Matcher {
  if (isObject(argument)) {
    const text = asText(argument['equals-ignore-case'], `${path}.equals-ignore-case`).toLowerCase();
    return (value) => typeof value === 'string' && test(value.toLowerCase(), text);
  }
  const text = asText(argument, path);
  return (value) => typeof value === 'string' && test(value, text);
}

function compileAnythingBut(argument: unknown, path: string): Matcher {
  const excluded = isObject(argument)
    ? [compileMatcher(argument, path)]
    : [argument].flat().map((value) => compileMatcher(value, path));
  return (value) => value !== undefined && !excluded.some((matches) => matches(value));
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function compileNumeric(argument: unknown, path: string): Matcher {
  const parts = Array.isArray(argument) ? argument : [];
  if (parts.length !== 2 && parts.length !== 4)
    throw new InvalidEventPattern(`${path} must be one or two comparisons.`);
  const bounds: Matcher[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const bound: unknown = parts[index + 1];
    if (!compare || typeof bound !== 'number')
      throw new InvalidEventPattern(`${path} must be a comparison and a number.`);
    bounds.push((value) => typeof value === 'number' && compare(value, bound));
  }
  return (value) => bounds.every((matches) => matches(value));
}

function wildcard(text: string): RegExp {
  const source = text.replace(/\\[*\\]|[.*+?^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '[^]*';
    return part.length === 2 ? part : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

function asText(argument: unknown, path: string): string {
  if (typeof argument !== 'string') throw new InvalidEventPattern(`${path} must be a string.`);
  return argument;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
