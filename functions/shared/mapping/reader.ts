/** What is wrong with a mapping file: all of it at once, each with the path of the fault. */
export class Faults {
  readonly lines: string[] = [];

  add(path: string, message: string): void {
    this.lines.push(`${path === '' ? 'the mapping' : path}: ${message}`);
  }
}

/** Of one list. */
const MAX_STRINGS = 20;

interface StringRule {
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  /** Says in words what the pattern allows. */
  readonly allowed?: string;
}

/**
 * Reads the properties of one JSON object. A missing or wrong property is noted as a fault and read as undefined, so
 * that one look at the file finds all faults.
 */
export class ObjectReader {
  readonly path: string;
  readonly #faults: Faults;
  readonly #value: Readonly<Record<string, unknown>>;

  /** @param known the properties that the object may have; any other is a fault, since it is most likely a typing error. */
  private constructor(
    value: Readonly<Record<string, unknown>>,
    path: string,
    known: readonly string[],
    faults: Faults,
  ) {
    this.path = path;
    this.#value = value;
    this.#faults = faults;
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) faults.add(this.pathOf(name), `is not known; known here: ${known.join(', ')}.`);
    }
  }

  static open(value: unknown, path: string, known: readonly string[], faults: Faults): ObjectReader | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new ObjectReader({ ...value }, path, known, faults);
    }
    faults.add(path, `is ${kindOf(value)}; it must be an object with: ${known.join(', ')}.`);
    return undefined;
  }

  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  fault(name: string, message: string): void {
    this.#faults.add(this.pathOf(name), message);
  }

  string(name: string, rule: StringRule = {}): string | undefined {
    const value = this.#get(name, rule.required ?? false);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#refuse(name, `is ${kindOf(value)}; it must be a string.`);
    if (value === '') return this.#refuse(name, 'is empty.');
    if (rule.maxLength !== undefined && value.length > rule.maxLength) {
      return this.#refuse(name, `has ${value.length} characters; at most ${rule.maxLength} are allowed.`);
    }
    if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      return this.#refuse(name, `is "${value}"; it must be ${rule.allowed}.`);
    }
    return value;
  }

  choice<T extends string>(name: string, allowed: readonly T[], required = false): T | undefined {
    const value = this.#get(name, required);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    return found ?? this.#refuse(name, `is ${JSON.stringify(value)}; it must be ${oneOf(allowed)}.`);
  }

  integer(name: string, minimum: number, maximum: number): number | undefined {
    const value = this.#get(name, true);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    const found = typeof value === 'number' ? value : kindOf(value);
    return this.#refuse(name, `is ${found}; it must be a whole number from ${minimum} to ${maximum}.`);
  }

  /** A number from 0 to 1. */
  share(name: string): number | undefined {
    const value = this.#get(name, true);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    const found = typeof value === 'number' ? value : kindOf(value);
    return this.#refuse(name, `is ${found}; it must be a share, a number from 0 to 1 (0.01 means 1 %).`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#get(name, false);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#refuse(name, `is ${kindOf(value)}; it must be true or false.`);
  }

  object(name: string, known: readonly string[], required: boolean): ObjectReader | undefined {
    const value = this.#get(name, required);
    return value === undefined ? undefined : ObjectReader.open(value, this.pathOf(name), known, this.#faults);
  }

  /** An object whose properties have names of the user's own. */
  map(name: string): ObjectReader | undefined {
    const value = this.#get(name, false);
    const known = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    return value === undefined ? undefined : ObjectReader.open(value, this.pathOf(name), known, this.#faults);
  }

  /** Of the properties that the object has. */
  get names(): readonly string[] {
    return Object.keys(this.#value);
  }

  strings(name: string, rule: StringRule): readonly string[] | undefined {
    const values = this.array(name, MAX_STRINGS);
    return values?.flatMap((value, index) => {
      const reader = ObjectReader.open({ [index]: value }, this.pathOf(name), [String(index)], this.#faults);
      return reader?.string(String(index), { ...rule, required: true }) ?? [];
    });
  }

  array(name: string, maximum: number): readonly unknown[] | undefined {
    const value = this.#get(name, true);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#refuse(name, `is ${kindOf(value)}; it must be an array.`);
    if (value.length === 0 || value.length > maximum) {
      this.fault(name, `has ${value.length} entries; 1 to ${maximum} are allowed.`);
    }
    return value;
  }

  #get(name: string, required: boolean): unknown {
    const value = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    if (value === undefined && required) this.fault(name, 'is missing.');
    return value;
  }

  #refuse(name: string, message: string): undefined {
    this.fault(name, message);
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value === undefined) return 'missing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function oneOf(allowed: readonly string[]): string {
  return `one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`;
}
