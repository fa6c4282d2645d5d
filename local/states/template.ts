import { END, Expression, isExpression, type Scope, START } from './expression.ts';
import { isObject, type Json, type JsonObject, jsonType } from './json.ts';

/** A JSON value of a definition whose `{% … %}` strings are evaluated at run time. */
export interface Template {
  /** Without any expression: it is taken as it stands. */
  readonly isConstant: boolean;
  evaluate(scope: Scope): Promise<Json>;
}

/** Reports what is wrong with a part of a definition; the loader collects all of it. */
export type ReportFault = (message: string) => void;

/** @param field path inside the state, which AWS's messages name, e.g. `Arguments`. */
export function compileTemplate(raw: Json, field: string, fault: ReportFault): Template {
  if (typeof raw === 'string') return compileString(raw, field, fault) ?? constant(raw);
  if (Array.isArray(raw)) {
    const parts = raw.map((element, i) => compileTemplate(element, `${field}[${i}]`, fault));
    return areConstant(parts)
      ? constant(raw)
      : { isConstant: false, evaluate: (scope) => Promise.all(parts.map((part) => part.evaluate(scope))) };
  }
  if (!isObject(raw)) return constant(raw);
  const members = Object.entries(raw).map(
    ([name, member]) => [name, compileTemplate(member as Json, `${field}/${name}`, fault)] as const,
  );
  if (areConstant(members.map(([, member]) => member))) return constant(raw as Json);
  return {
    isConstant: false,
    async evaluate(scope) {
      const result: Record<string, Json> = {};
      for (const [name, member] of members) result[name] = await member.evaluate(scope);
      return result;
    },
  };
}

/** `collection`: an array or an object. */
export type FieldType = 'integer' | 'number' | 'string' | 'boolean' | 'array' | 'collection';

interface TypeOf {
  integer: number;
  number: number;
  string: string;
  boolean: boolean;
  array: readonly Json[];
  collection: readonly Json[] | JsonObject;
}

/** A field that takes a literal of one type or an expression that gives it. */
export interface TypedField<T extends FieldType> {
  /** @throws EvaluationFault if the expression gives another type. */
  evaluate(scope: Scope): Promise<TypeOf[T]>;
}

/** @param range holds for a literal; what an expression gives, the state itself checks. */
export function compileTyped<T extends FieldType>(
  raw: Json,
  field: string,
  type: T,
  fault: ReportFault,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = {},
): TypedField<T> | undefined {
  const expression = typeof raw === 'string' ? compileString(raw, field, fault) : undefined;
  if (expression !== undefined) {
    return {
      async evaluate(scope) {
        const value = await expression.evaluate(scope);
        if (hasType(value, type)) return value;
        const expected = type === 'collection' ? 'array' : type;
        throw expression.fault(
          `returned an unexpected result type. Expected '${expected}', but was '${jsonType(value)}' for value: ${JSON.stringify(value)}`,
        );
      },
    };
  }
  if (hasType(raw, type) && !(Number(raw) < min) && !(Number(raw) > max)) {
    const literal = compileTemplate(raw, field, fault);
    // A template keeps arrays arrays and objects objects, whatever its expressions give.
    return { evaluate: async (scope) => (await literal.evaluate(scope)) as TypeOf[T] };
  }
  fault(`must be of type ${type}${rangeText(min, max)}, or a JSONata expression`);
  return undefined;
}

function rangeText(min: number, max: number): string {
  if (min === Number.NEGATIVE_INFINITY) return '';
  return max === Number.POSITIVE_INFINITY ? ` of at least ${min}` : ` from ${min} to ${max}`;
}

function hasType<T extends FieldType>(value: Json, type: T): value is TypeOf[T] & Json {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array' || type === 'collection')
    return Array.isArray(value) || (type === 'collection' && isObject(value));
  return typeof value === type;
}

function compileString(raw: string, field: string, fault: ReportFault): Expression | undefined {
  if (raw.startsWith(START) && !raw.endsWith(END)) fault(`starts with ${START} and must end with ${END}`);
  if (!isExpression(raw)) return undefined;
  try {
    return new Expression(raw, field);
  } catch (error) {
    fault(`not a JSONata expression: ${(error as Error).message}`);
    return undefined;
  }
}

function constant(value: Json): Template {
  return { isConstant: true, evaluate: async () => value };
}

function areConstant(templates: readonly Template[]): boolean {
  return templates.every(({ isConstant }) => isConstant);
}
