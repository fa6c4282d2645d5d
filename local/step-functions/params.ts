import { ApiError } from '../json-protocol.ts';

/** The members of a request, checked as they are read. Faults are ValidationException. */
export class Params {
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  has(name: string): boolean {
    return (this.#members[name] ?? undefined) !== undefined;
  }

  string(name: string, maxLength = Number.POSITIVE_INFINITY): string | undefined {
    const value = this.#members[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalid(name, 'Member must be a string');
    if (value.length > maxLength) throw invalid(name, `Member must have length less than or equal to ${maxLength}`);
    return value;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw invalid(name, 'Member must not be null');
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#members[name] ?? undefined;
    if (value !== undefined && typeof value !== 'boolean') throw invalid(name, 'Member must be a boolean');
    return value;
  }

  oneOf(name: string, values: readonly string[]): string | undefined {
    const value = this.string(name);
    if (value !== undefined && !values.includes(value)) {
      throw invalid(name, `Member must satisfy enum value set: [${values.join(', ')}]`);
    }
    return value;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.number(name, min, max);
    if (value !== undefined && !Number.isInteger(value)) throw invalid(name, 'Member must be an integer');
    return value;
  }

  number(name: string, min: number, max: number): number | undefined {
    const value = this.#members[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && min <= value && value <= max) return value;
    throw invalid(name, `Member must have value between ${min} and ${max}`);
  }
}

function invalid(name: string, constraint: string): ApiError {
  return new ApiError('ValidationException', `Value at '${name}' failed to satisfy constraint: ${constraint}`);
}
