/**
 * The choices of one case, made in advance by fast-check: which step comes next, what fails, how much time passes. Once
 * they are used up every choice is the first, which is always the peaceful one, so that each case comes to an end.
 */
export interface Tape {
  /** From 0 to `count - 1`. */
  pick(count: number): number;
  /** One of the fates, each as likely as its weight says; the first is the peaceful one. */
  fate<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
  readonly usedUp: boolean;
}

export interface LoadedTape extends Tape {
  /** From now on these are the choices. */
  load(choices: readonly number[]): void;
}

/** @param peace nothing fails: only the order of the steps is chosen. */
export function createTape(peace: boolean): LoadedTape {
  let rest: readonly number[] = [];
  let at = 0;

  function pick(count: number): number {
    const choice = rest[at] ?? 0;
    at += 1;
    return choice % count;
  }

  return {
    pick,
    fate<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
      const fates = (Object.keys(weights) as Name[]).flatMap((name) => Array<Name>(weights[name]).fill(name));
      const fate = fates[peace ? 0 : pick(fates.length)];
      if (fate === undefined) throw new RangeError('There is nothing to choose from.');
      return fate;
    },
    load(choices) {
      rest = choices;
      at = 0;
    },
    get usedUp() {
      return at >= rest.length;
    },
  };
}
