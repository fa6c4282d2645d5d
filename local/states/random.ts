import { randomUUID } from 'node:crypto';

/** The interpreter's source of chance: jitter, `$random()`, and the names of children and Map Runs. */
export interface Random {
  /** Uniform in [0, 1). */
  number(): number;
  uuid(): string;
}

export const systemRandom: Random = { number: Math.random, uuid: randomUUID };
