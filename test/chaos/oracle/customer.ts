import type { Statement } from './statement.ts';
import { compare, isOlder, newest, oldest, type Version } from './version.ts';

/** What is known of a customer when all is at rest. */
export interface Known {
  /** The profile's fields by path, as observed; undefined if there is no profile. */
  readonly fields: Readonly<Record<string, string>> | undefined;
  /** Bounds of the version that the ledger holds: nothing older than the first is sent, nothing older than the second need be; undefined if it may hold none. */
  readonly oldest: Version | undefined;
  readonly newest: Version | undefined;
  /** What may have been sent last. */
  readonly contents: ReadonlySet<string>;
  /** A claim may be left over, so that even unchanged content is sent again. */
  readonly isDoubted: boolean;
}

/** What was said about a customer in one phase, in any order and at the same time. */
export interface Said {
  readonly statement: Statement;
  /** A failing service cost it: it may have been accepted all the same, or have kept older ones out. */
  readonly isLost: boolean;
  /** `open`: it may be sent by its version alone. The others belong to exports that a newer full one, registered before or in this phase, holds back. */
  readonly guard: 'open' | 'maybe' | 'never';
}

export interface Rules {
  /** An unchanged record need not move the known version, if its source time is not newer. */
  readonly unchangedMayStay: boolean;
  /** The mapping names `updatedAt`, by which a newer source time always moves it. */
  readonly bySourceTime: boolean;
  /** There were faults. */
  readonly isDisturbed: boolean;
  /** Paths that are cleared when a record leaves them empty. */
  readonly cleared: ReadonlySet<string>;
}

export type Outcome = 'synced' | 'unchanged' | 'stale' | 'deleted';

/** One customer in one phase: which outcomes, and which profile afterwards, the rules allow. */
export class Customer {
  readonly #known: Known | undefined;
  readonly #said: readonly Said[];
  readonly #rules: Rules;
  /** Those that may have been sent. */
  readonly #candidates: readonly Statement[];
  /** Those of them that may have been sent last, and whether perhaps none was sent. */
  readonly #last: readonly Statement[];
  readonly #perhapsNone: boolean;

  constructor(known: Known | undefined, said: readonly Said[], rules: Rules) {
    this.#known = known;
    this.#said = said;
    this.#rules = rules;
    const candidates = said.filter(({ statement, guard }) => guard !== 'never' && !this.#isSurelyOld(statement));
    const sure = candidates.filter((one) => this.#isSure(one)).map(({ statement }) => statement);
    const top = newest(sure.map(({ version }) => version));
    this.#candidates = candidates.map(({ statement }) => statement);
    this.#perhapsNone = top === undefined;
    this.#last = top === undefined ? this.#candidates : this.#perhapsAfter(top, sure);
  }

  /** What may be counted for a record of this phase. */
  outcomes({ statement, guard }: Said): ReadonlySet<Outcome> {
    if (this.#isSurelyOld(statement)) return new Set(['stale']);
    const { version, content, isDeletion } = statement;
    const others = this.#said.filter((one) => one.statement !== statement);
    const isOutrun =
      isOlderThan(version, this.#known?.newest) || others.some((other) => isOlder(version, other.statement.version));
    const outcomes = new Set<Outcome>(isOutrun ? ['stale'] : []);
    if (this.#mayBeUnchanged(statement)) outcomes.add('unchanged');
    const isSurelyUnchanged =
      this.#known !== undefined &&
      (this.#known.fields === undefined) === isDeletion &&
      this.#known.contents.has(content) &&
      this.#known.contents.size === 1 &&
      !this.#known.isDoubted &&
      others.every((other) => other.statement.content === content);
    if (isSurelyUnchanged) return outcomes;
    if (guard !== 'never') outcomes.add(isDeletion ? 'deleted' : 'synced');
    if (guard !== 'open') outcomes.add('stale');
    return outcomes;
  }

  /** False if there must be a profile now. */
  get mayBeAbsent(): boolean {
    return this.#last.some(({ isDeletion }) => isDeletion) || (this.#known?.fields === undefined && this.#perhapsNone);
  }

  /** False if there must be no profile now. */
  get mayBeThere(): boolean {
    return this.#last.some(({ isDeletion }) => !isDeletion) || (this.#known?.fields !== undefined && this.#perhapsNone);
  }

  /** The values that a field of the profile may have now; undefined stands for none. */
  allowed(path: string): ReadonlySet<string | undefined> {
    const before = this.#known?.fields?.[path];
    const values = new Set<string | undefined>(this.#perhapsNone ? [before] : []);
    const mayBeNew = this.#candidates.some(({ isDeletion }) => isDeletion);
    for (const last of this.#last.filter(({ isDeletion }) => !isDeletion)) {
      const own = last.fields.get(path);
      if (own !== undefined) {
        values.add(own);
        continue;
      }
      if (this.#isCleared(path)) {
        values.add(undefined);
        continue;
      }
      // PutProfileObject never clears a field: it holds what was there, or what any earlier call of the phase put there.
      values.add(before);
      if (this.#rules.cleared.has(path) || mayBeNew) values.add(undefined);
      for (const earlier of this.#candidates) {
        const value = earlier.fields.get(path);
        if (value !== undefined && !isOlder(last.version, earlier.version)) values.add(value);
      }
    }
    return values;
  }

  /** What a failing service cost may have filled the field, or have kept it from being cleared. */
  #isCleared(path: string): boolean {
    return this.#rules.cleared.has(path) && !this.#said.some(({ isLost }) => isLost);
  }

  /** The paths that any statement or the profile before fills. */
  paths(): ReadonlySet<string> {
    const said = this.#candidates.flatMap(({ fields }) => [...fields.keys()]);
    return new Set([...said, ...Object.keys(this.#known?.fields ?? {})]);
  }

  /** What is known after the phase. */
  after(fields: Known['fields']): Known {
    const { isDisturbed } = this.#rules;
    const lost = this.#said.filter(({ isLost }) => isLost);
    // A worker that died may have left the claim of a record that is not sent after all.
    const mayHaveClaimed = isDisturbed ? this.#said.map(({ statement }) => statement) : [];
    const versions = [...this.#last, ...mayHaveClaimed].map(({ version }) => version);
    const before = this.#perhapsNone ? (this.#known?.contents ?? []) : [];
    const isContested = this.#said.length > 1 || this.#said.some(({ guard }) => guard !== 'open');
    return {
      fields,
      newest: newest([...versions, ...(this.#known?.newest ? [this.#known.newest] : [])]),
      oldest: this.#oldestNow(),
      contents: new Set([...before, ...this.#last.map(({ content }) => content)]),
      isDoubted: lost.length > 0 || (isDisturbed && isContested) || (this.#known?.isDoubted ?? false),
    };
  }

  #isSurelyOld({ version }: Statement): boolean {
    return isOlderThan(version, this.#known?.oldest);
  }

  /** Whether it is sent, or has been before, unless a newer one comes first. */
  #isSure({ statement, guard }: Said): boolean {
    const { version } = statement;
    const isLostOrKeptOut = this.#said.some((other) => other.isLost && !isOlder(other.statement.version, version));
    return guard === 'open' && !isLostOrKeptOut && !isOlderThan(version, this.#known?.newest);
  }

  #perhapsAfter(top: Version, sure: readonly Statement[]): Statement[] {
    const tops = sure.filter(({ version }) => compare(version, top) === 0);
    const topMayStay = this.#rules.unchangedMayStay && tops.some((one) => this.#mayBeUnchanged(one));
    // Whoever is not sure is older: what makes it unsure holds for all that is not newer.
    return this.#candidates.filter(
      ({ version }) => compare(version, top) === 0 || (topMayStay && version[0] === top[0]),
    );
  }

  #mayBeUnchanged(statement: Statement): boolean {
    const { content } = statement;
    const others = this.#said.map((one) => one.statement).filter((other) => other !== statement);
    return this.#known?.contents.has(content) || others.some((other) => other.content === content);
  }

  /** The oldest version that the ledger may hold now; undefined if there may be none. */
  #oldestNow(): Version | undefined {
    const known = this.#known;
    if (this.#perhapsNone) return known?.oldest;
    const { unchangedMayStay, bySourceTime } = this.#rules;
    if (!unchangedMayStay) return oldest(this.#last.map(({ version }) => version));
    const mayStay = this.#last.some(({ content }) => known?.contents.has(content));
    if (mayStay && known?.oldest === undefined) return undefined;
    const held = this.#last.flatMap((last) => {
      const same = this.#candidates.filter(({ content }) => content === last.content).map(({ version }) => version);
      const before = known?.oldest && known.contents.has(last.content) ? [known.oldest] : [];
      const stays = [...same, ...before].filter(([source]) => !bySourceTime || source === last.version[0]);
      return [...stays, last.version];
    });
    return oldest(held);
  }
}

function isOlderThan(version: Version, other: Version | undefined): boolean {
  return other !== undefined && isOlder(version, other);
}
