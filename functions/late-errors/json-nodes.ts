import { isJsonObject, type JsonObject, parseJsonObject } from '../shared/export/json-object.ts';

/** A JSON object somewhere in a message. */
export interface JsonNode {
  readonly object: JsonObject;
  /** The object that it stands in. */
  readonly parent: JsonNode | undefined;
}

/** All JSON objects of a message, outer before inner, also those in arrays and those written as a text within the JSON. */
export function nodesOf(root: JsonObject): readonly JsonNode[] {
  const nodes: JsonNode[] = [{ object: root, parent: undefined }];
  for (const node of nodes) {
    for (const object of Object.values(node.object).flatMap(objectsOf)) nodes.push({ object, parent: node });
  }
  return nodes;
}

/** The nodes that are neither this one nor within it. */
export function outside(nodes: readonly JsonNode[], inner: JsonNode): readonly JsonNode[] {
  const within = new Set<JsonNode | undefined>([inner]);
  return nodes.filter((node) => {
    if (within.has(node.parent)) within.add(node);
    return !within.has(node);
  });
}

function objectsOf(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (isJsonObject(value)) return [value];
  const object = typeof value === 'string' && isObjectText(value) ? parseJsonObject(value) : undefined;
  return object ? [object] : [];
}

/** Whether a text may be that of a JSON object, without reading it. */
export function isObjectText(text: string): boolean {
  return text.trimStart().startsWith('{');
}
