import type { Random } from '../random.ts';
import { mark } from './values.ts';
import type { Values } from './world.ts';

/** A record as JSON text: numbers and truth values where they fit, and several ways to leave a value out. */
export function jsonText(values: Values, random: Random): string {
  const properties = Object.entries(values).flatMap(([name, value]) => {
    if (value === '' && random.chance(0.5)) return [];
    return [`${JSON.stringify(name)}:${value === '' && random.chance(0.5) ? 'null' : jsonValue(value, random)}`];
  });
  // Of a property that comes twice the last one counts.
  const isRepeated = random.chance(0.05) && properties.some((property) => property.startsWith('"first_name":'));
  const repeated = isRepeated ? [`"first_name":"${mark(random)}"`] : [];
  return `{${[...repeated, ...random.shuffled(properties), `"internal":"${mark(random)}"`].join(',')}}`;
}

function jsonValue(value: string, random: Random): string {
  if (/^[1-9]\d{0,14}$/.test(value) && random.chance(0.7)) return value;
  if (value === 'true') return value;
  const text = JSON.stringify(value);
  return random.chance(0.1)
    ? text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

/** A record with an array or an object where one value belongs. */
export function nested(values: Values, random: Random): string {
  const { first_name: _, ...others } = values;
  const text = jsonText(others, random);
  return `${text.slice(0, -1)},"first_name":${random.pick(['["a","b"]', '{"a":1}', '[]'])}}`;
}

/** A line that is no JSON object. */
export function notJson(random: Random): string {
  const text = mark(random);
  return random.pick([`{"customer_id":"${text}"`, `"${text}"`, `${text},${text}`, `["${text}"]`, '7', '{"a":1}}']);
}

/** JSON Lines. Lines that are no object never come first: that would be another format. */
export function jsonLinesText(lines: readonly string[], random: Random): string {
  const objects = lines.filter((line) => line.startsWith('{') && line.endsWith('}'));
  const [first = '{}'] = objects;
  const others = lines.filter((line) => line !== first);
  const spaced = [first, ...others].flatMap((line) => (random.chance(0.03) ? [line, ''] : [line]));
  return `${spaced.join(random.pick(['\n', '\r\n']))}${random.chance(0.8) ? '\n' : ''}`;
}
