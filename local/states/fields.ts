import { isObject, type Json } from './json.ts';
import { compileTemplate, compileTyped, type FieldType, type Template, type TypedField } from './template.ts';

interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/**
 * One object of a definition, read field by field. `finish` refuses every field that nobody asked for: what this
 * interpreter does not know is never ignored. Faults are collected, so that one load names them all.
 */
export class Fields {
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #inState: string;
  readonly #faults: string[];
  readonly #known = new Set<string>();

  /**
   * @param path from the root of the definition, e.g. `States.SyncChunks`; empty at the root.
   * @param inState path inside the state, as AWS's messages name it, e.g. `ItemReader`; empty at the state itself.
   */
  constructor(raw: Readonly<Record<string, unknown>>, faults: string[], path = '', inState = '') {
    this.#raw = raw;
    this.#faults = faults;
    this.#path = path;
    this.#inState = inState;
  }

  fault(name: string, message: string): void {
    this.#faults.push(`${this.pathOf(name)}: ${message}`);
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  names(): string[] {
    return Object.keys(this.#raw);
  }

  /** Names of the members of an object field; none if the field holds anything else. */
  membersOf(name: string): string[] {
    const value = this.#raw[name];
    return isObject(value) ? Object.keys(value) : [];
  }

  has(name: string): boolean {
    return this.#raw[name] !== undefined;
  }

  string(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => typeof value === 'string');
  }

  requiredString(name: string): string {
    if (!this.has(name)) this.fault(name, 'is required');
    return this.string(name) ?? '';
  }

  boolean(name: string): boolean | undefined {
    return this.#typed(name, 'true or false', (value) => typeof value === 'boolean');
  }

  integer(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: NumberRange = {}): number | undefined {
    const inRange = (value: unknown): value is number =>
      Number.isInteger(value) && min <= Number(value) && Number(value) <= max;
    return this.#typed(name, `an integer from ${min} to ${max}`, inRange);
  }

  number(name: string, { min = 0, max = Number.MAX_VALUE }: NumberRange = {}): number | undefined {
    const inRange = (value: unknown): value is number => typeof value === 'number' && min <= value && value <= max;
    return this.#typed(name, `a number of at least ${min}`, inRange);
  }

  oneOf<T extends string>(name: string, supported: readonly T[]): T | undefined {
    const value = this.string(name);
    const found = supported.find((candidate) => candidate === value);
    if (value !== undefined && found === undefined) {
      this.fault(name, `'${value}' is not supported; supported: ${supported.join(', ')}`);
    }
    return found;
  }

  strings(name: string): readonly string[] | undefined {
    const isStrings = (value: unknown): value is string[] =>
      Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === 'string');
    return this.#typed(name, 'a list of strings that is not empty', isStrings);
  }

  object(name: string): Fields | undefined {
    const value = this.#typed(name, 'an object', isObject);
    return value && new Fields(value, this.#faults, this.pathOf(name), this.#fieldOf(name));
  }

  /** An object inside which field names start afresh: a state, or the states of an ItemProcessor. */
  scope(name: string): Fields | undefined {
    const value = this.#typed(name, 'an object', isObject);
    return value && new Fields(value, this.#faults, this.pathOf(name));
  }

  list(name: string): readonly Fields[] | undefined {
    return this.#objects(name, (i) => `${this.#fieldOf(name)}[${i}]`);
  }

  /** A list of what `scope` gives: the branches of a Parallel. */
  scopes(name: string): readonly Fields[] | undefined {
    return this.#objects(name, () => '');
  }

  /** A value whose `{% … %}` strings are expressions. */
  template(name: string): Template | undefined {
    const raw = this.#take(name);
    return raw === undefined
      ? undefined
      : compileTemplate(raw as Json, this.#fieldOf(name), (m) => this.fault(name, m));
  }

  /** A literal of the type (a number within the range), or an expression that gives one. */
  typed<T extends FieldType>(name: string, type: T, options: NumberRange = {}): TypedField<T> | undefined {
    const raw = this.#take(name);
    if (raw === undefined) return undefined;
    return compileTyped(raw as Json, this.#fieldOf(name), type, (m) => this.fault(name, m), options);
  }

  finish(): void {
    for (const name of this.names()) {
      if (!this.#known.has(name)) this.fault(name, 'not supported');
    }
  }

  #objects(name: string, inState: (i: number) => string): readonly Fields[] | undefined {
    const isObjects = (value: unknown): value is Record<string, unknown>[] =>
      Array.isArray(value) && value.every(isObject);
    const value = this.#typed(name, 'a list of objects', isObjects);
    return value?.map((element, i) => new Fields(element, this.#faults, `${this.pathOf(name)}[${i}]`, inState(i)));
  }

  #fieldOf(name: string): string {
    return this.#inState === '' ? name : `${this.#inState}/${name}`;
  }

  #take(name: string): unknown {
    this.#known.add(name);
    return this.#raw[name];
  }

  #typed<T>(name: string, description: string, accepts: (value: unknown) => value is T): T | undefined;
  #typed<T>(name: string, description: string, accepts: (value: unknown) => boolean): T | undefined;
  #typed<T>(name: string, description: string, accepts: (value: unknown) => boolean): T | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (accepts(value)) return value as T;
    this.fault(name, `must be ${description}`);
    return undefined;
  }
}
