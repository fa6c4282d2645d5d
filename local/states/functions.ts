import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** Elements of an array that `$range` makes at most. docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
const MAX_RANGE = 1000;

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * The functions that Step Functions adds to JSONata, as variables of an expression. `$eval` is taken away, as on AWS:
 * `$parse` stands in for it.
 */
export function stepFunctionsFunctions(random: Random): Readonly<Record<string, unknown>> {
  return {
    eval: undefined,
    parse,
    partition,
    range,
    hash,
    uuid: () => random.uuid(),
    random: (seed?: number) => (seed === undefined ? random.number() : seededNumber(seed)),
  };
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw new Error('$parse: the argument must be a string');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be data.
    throw new Error('$parse: the argument is not valid JSON');
  }
}

function partition(values: unknown, size: unknown): unknown {
  if (values === undefined) return undefined;
  if (!Array.isArray(values)) throw new Error('$partition: the first argument must be an array');
  const length = Math.floor(Number(size));
  if (!(length > 0)) throw new Error('$partition: the chunk size must be a positive number');
  return Array.from({ length: Math.ceil(values.length / length) }, (_, i) =>
    values.slice(i * length, (i + 1) * length),
  );
}

function range(first: unknown, last: unknown, step: unknown): unknown {
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  if (![from, to, by].every(Number.isInteger)) throw new Error('$range: the arguments must be integers');
  if (by === 0) throw new Error('$range: the step must not be 0');
  const length = Math.max(0, Math.floor((to - from) / by) + 1);
  if (length > MAX_RANGE) throw new Error(`$range: more than ${MAX_RANGE} elements`);
  return Array.from({ length }, (_, i) => from + i * by);
}

function hash(data: unknown, algorithm: unknown): unknown {
  if (data === undefined) return undefined;
  const name = typeof algorithm === 'string' ? HASHES[algorithm] : undefined;
  if (name === undefined) throw new Error(`$hash: the algorithm must be one of ${Object.keys(HASHES).join(', ')}`);
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return createHash(name).update(text).digest('hex');
}

/** The same seed gives the same number, as on AWS; which number that is, AWS does not say. */
function seededNumber(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
