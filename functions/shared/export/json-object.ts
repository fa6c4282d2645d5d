import type { ExportRecord } from './record.ts';

/** JSON.parse with source text access: Node 24 has it, TypeScript's library does not declare it yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const sourceTextJson = JSON as unknown as SourceTextJson;

/** A JSON object whose numbers, at any depth, keep the text that they have in the source. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined if the text is anything but one JSON object, or is nested some thousand levels deep. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value = sourceTextJson.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? sourceTextJson.rawJSON(source) : value,
    );
    return isJsonObject(value) ? value : undefined;
  } catch {
    // The parser's own message quotes the text.
    return undefined;
  }
}

/** For values within what `parseJsonObject` returned: there, a number is an object too. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !sourceTextJson.isRawJSON(value);
}

/**
 * The values of these columns, each with the names that it may have. A number has the text it has in the source (`1.0`; `00123` is not JSON), a boolean `true`
 * or `false`, null and a missing property ''. Of a property that comes twice the last one counts, as in JSON.parse.
 */
export function columnValues(
  object: JsonObject,
  columns: readonly (readonly string[])[],
): Pick<ExportRecord, 'values' | 'fault'> {
  let notScalar: string | undefined;
  let twoNames: readonly string[] | undefined;
  const values = columns.map((names) => {
    const [own = ''] = names;
    const present = names.length === 1 ? names : names.filter((name) => Object.hasOwn(object, name));
    if (present.length > 1) twoNames ??= present;
    const column = present[0] ?? own;
    const value = Object.hasOwn(object, column) ? object[column] : undefined;
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return '';
    if (sourceTextJson.isRawJSON(value)) return value.rawJSON;
    if (typeof value === 'boolean') return String(value);
    notScalar ??= column;
    return '';
  });
  if (twoNames !== undefined) {
    const reason = `The properties ${twoNames.join(' and ')} are names of one column.`;
    return { values, fault: { code: 'TWO_NAMES', reason } };
  }
  if (notScalar === undefined) return { values };
  return { values, fault: { code: 'NOT_SCALAR', reason: `The property ${notScalar} is an array or an object.` } };
}
