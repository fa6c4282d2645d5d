/** Row numbers of a code that result and summary name: enough to look at examples, few beside all that a run may reject. */
export const ROWS_NAMED_PER_CODE = 20;

/** Counts by name; of any name, those included that every object has. */
export class NamedCounts {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  addAll(counts: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(counts)) this.add(name, count);
  }

  toObject(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** The first rows of each code, added in the order of the export. */
export class FirstRows {
  readonly #rows = new Map<string, number[]>();

  add(code: string, ...rows: readonly number[]): void {
    const named = this.#rows.get(code) ?? [];
    named.push(...rows.slice(0, ROWS_NAMED_PER_CODE - named.length));
    this.#rows.set(code, named);
  }

  toObject(): Record<string, readonly number[]> {
    return Object.fromEntries(this.#rows);
  }
}
