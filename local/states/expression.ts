import jsonata from 'jsonata';
import { EvaluationFault } from './errors.ts';
import { isObject, type Json } from './json.ts';

/** What an expression may name: `$states`, the variables, and the functions that Step Functions adds. */
export type Scope = Readonly<Record<string, unknown>>;

export const START = '{%';
export const END = '%}';

export function isExpression(text: string): boolean {
  return text.startsWith(START) && text.endsWith(END);
}

/** How long an expression may take. docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const TIME_LIMIT_MS = 1000;

/** A variable that no expression can name; jsonata calls the entry hook at every step. */
const DEADLINE = 'deadline ';
const ON_ENTRY = Symbol.for('jsonata.__evaluate_entry') as unknown as string;

/** Without it, an endless recursion would take this whole process with it. */
function checkDeadline(_: unknown, __: unknown, environment: { lookup(name: string): number }): void {
  if (performance.now() < environment.lookup(DEADLINE)) return;
  throw { code: 'U1001', message: `The expression took more than ${TIME_LIMIT_MS} ms.` };
}

/** One `{% … %}` of a definition, compiled when it is loaded. */
export class Expression {
  readonly isConstant = false;
  readonly source: string;
  readonly field: string;
  readonly #compiled: jsonata.Expression;

  /** @throws Error with jsonata's message if the expression has a syntax error. */
  constructor(text: string, field: string) {
    this.source = text.slice(START.length, -END.length).trim();
    this.field = field;
    this.#compiled = jsonata(this.source);
    this.#compiled.assign(ON_ENTRY, checkDeadline);
  }

  /** @throws EvaluationFault if the expression fails or gives nothing. */
  async evaluate(scope: Scope): Promise<Json> {
    let result: unknown;
    try {
      result = await this.#compiled.evaluate(undefined, { ...scope, [DEADLINE]: performance.now() + TIME_LIMIT_MS });
    } catch (error) {
      throw this.fault(`threw an error during evaluation. ${describe(error)}`);
    }
    const value = plain(result);
    if (value === undefined) throw this.fault('returned nothing (undefined).');
    return value;
  }

  fault(what: string): EvaluationFault {
    return new EvaluationFault(
      this.field,
      `The JSONata expression '${this.source}' specified for the field '${this.field}' ${what}`,
    );
  }
}

/** jsonata throws objects with a code and a message, the functions of functions.ts ordinary errors. */
function describe(error: unknown): string {
  if (!isObject(error)) return String(error);
  return error.code === undefined ? String(error.message) : `${error.code}: ${error.message}`;
}

/** jsonata's sequences and lazy values as ordinary JSON: a copy, so that nothing it hangs on an array stays. */
function plain(value: unknown): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => plain(element) ?? null);
  if (isObject(value)) {
    // A jsonata function is an object that leads to its whole environment.
    if (value._jsonata_lambda === true || value._jsonata_function === true) return undefined;
    const copy: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value)) {
      const copied = plain(member);
      if (copied !== undefined) copy[key] = copied;
    }
    return copy;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
