import type { MappingDefinition } from './types.ts';
import { zonedTimeReader } from './zoned-time.ts';

/** The tokens of `exports.timeInKey.pattern`, from large to small, and how many digits each takes. */
const TOKENS = [
  { token: '{yyyy}', part: 'year', digits: 4 },
  { token: '{MM}', part: 'month', digits: 2 },
  { token: '{dd}', part: 'day', digits: 2 },
  { token: '{HH}', part: 'hour', digits: 2 },
  { token: '{mm}', part: 'minute', digits: 2 },
  { token: '{ss}', part: 'second', digits: 2 },
] as const;

/** The day is the least that makes an export time. */
const REQUIRED_TOKENS = 3;

const ANY_TOKEN = /\{[^{}]*\}/g;

/** What is wrong with a pattern, in words; undefined if it can be used. */
export function patternFault(pattern: string): string | undefined {
  const known: readonly string[] = TOKENS.map(({ token }) => token);
  const used: readonly string[] = pattern.match(ANY_TOKEN) ?? [];
  const unknown = used.find((token) => !known.includes(token));
  if (unknown !== undefined) return `has the unknown token ${unknown}; known: ${known.join(' ')}.`;
  const twice = used.find((token, index) => used.indexOf(token) !== index);
  if (twice !== undefined) return `has ${twice} twice; each token may come once.`;
  const missing = known.find((token, index) => !used.includes(token) && index < Math.max(REQUIRED_TOKENS, used.length));
  return missing === undefined
    ? undefined
    : `lacks ${missing}; {yyyy}, {MM} and {dd} are needed, {mm} needs {HH}, {ss} needs {mm}.`;
}

/**
 * When an export was taken, by its object key: epoch ms, or undefined if the mapping names no pattern or the key does
 * not hold a time of that pattern. Of several, the last one counts: it is nearest to the file's own name.
 *
 * @param key as it is in S3, already decoded.
 */
export function exportTimeFromKey(definition: MappingDefinition, key: string): number | undefined {
  const { timeInKey } = definition.exports;
  if (timeInKey === undefined) return undefined;
  const toInstant = zonedTimeReader(timeInKey.timeZone);
  const times = [...key.matchAll(keyPattern(timeInKey.pattern))].map(({ groups = {} }) =>
    toInstant({
      year: Number(groups.year),
      month: Number(groups.month),
      day: Number(groups.day),
      hour: Number(groups.hour ?? 0),
      minute: Number(groups.minute ?? 0),
      second: Number(groups.second ?? 0),
    }),
  );
  return times.findLast((time) => time !== undefined);
}

/** More digits right before the first token or after the last one would mean some other, longer number. */
function keyPattern(pattern: string): RegExp {
  const literal = pattern.replace(/[\\^$.*+?()[\]|/-]/g, '\\$&');
  const source = TOKENS.reduce<string>(
    (text, { token, part, digits }) => text.replace(token, `(?<${part}>\\d{${digits}})`),
    literal,
  );
  const start = pattern.startsWith('{') ? '(?<!\\d)' : '';
  const end = pattern.endsWith('}') ? '(?!\\d)' : '';
  return new RegExp(`${start}${source}${end}`, 'g');
}
