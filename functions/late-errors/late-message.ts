import type { SQSMessageAttributes } from 'aws-lambda';
import { columnValues, type JsonObject, parseJsonObject } from '../shared/export/json-object.ts';
import { MAX_KEY_VALUE } from '../shared/mapping/limits.ts';
import type { Mapping } from '../shared/mapping/types.ts';
import { tooLong } from '../shared/mapping/values.ts';
import { RECEIVED } from '../shared/source-queue.ts';
import { isObjectText, type JsonNode, nodesOf, outside } from './json-nodes.ts';

/** Why a message of the domain's dead-letter queue is put aside; docs/late-errors.md says what to do. */
export const PUT_ASIDE_CODES = {
  UNREADABLE: 'The message is no JSON object, or holds no object with the customer key.',
  OTHER_DOMAIN: 'The message is about another domain.',
  OTHER_OBJECT_TYPE: 'The message is about another object type.',
} as const;

export type PutAsideCode = keyof typeof PUT_ASIDE_CODES;

/** What a message says. It holds customer data. */
export type LateMessage =
  | {
      readonly ok: true;
      readonly customerKey: string;
      readonly object: JsonObject;
      /** In the service's words, which may quote the record. */
      readonly reason: string;
    }
  | { readonly ok: false; readonly code: PutAsideCode };

/** Names of properties, in lower case and without anything but letters; the first that is there counts. */
const DOMAIN_NAMES = ['domainname', 'domain'];
const TYPE_NAMES = ['objecttypename', 'profileobjecttypename', 'objecttype', 'profileobjecttype'];
const REASON_NAMES = [
  ...['errormessage', 'errorreason', 'failurereason', 'failuremessage', 'reason', 'message', 'errordescription'],
  ...['error', 'cause', 'errorcode', 'errortype', 'code'],
];
/** Of the message's own attributes, by the names that they have while it is put aside. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map(['code', 'reason'].map((name) => [RECEIVED + name, name]));
const NO_REASON = 'Customer Profiles gave no reason.';

/**
 * Reads a message of the domain's dead-letter queue. AWS documents that Customer Profiles sends there what it accepted
 * and could not ingest, but not in which form, so each part is looked for wherever it may stand in the JSON, and all but
 * the object then among the message's attributes.
 */
export function readLateMessage(
  { body, attributes }: { readonly body: string; readonly attributes: SQSMessageAttributes },
  domainName: string,
  mapping: Mapping,
): LateMessage {
  const root = parseJsonObject(body);
  const nodes = root ? nodesOf(root) : [];
  const { objectType } = mapping.definition;
  // Before the object is looked for: one of another type may hold no customer key of ours.
  const record = recordIn(nodes, mapping);
  const around = [...(record ? outside(nodes, record.node) : nodes), nodeOf(attributes)];
  const domain = textNamed(DOMAIN_NAMES, around);
  if (domain !== undefined && domain !== domainName) return { ok: false, code: 'OTHER_DOMAIN' };
  const type = textNamed(TYPE_NAMES, around);
  if (type !== undefined && type !== objectType.name) return { ok: false, code: 'OTHER_OBJECT_TYPE' };
  if (!record || (type === undefined && !holdsOnlyFields(record.node.object, mapping))) {
    return { ok: false, code: 'UNREADABLE' };
  }
  const reason = textNamed(REASON_NAMES, around) ?? NO_REASON;
  return { ok: true, customerKey: record.customerKey, object: record.node.object, reason };
}

/** A message's attributes as they were before it was put aside, if it was and then moved back. */
export function attributesOfSender(attributes: SQSMessageAttributes): SQSMessageAttributes {
  const { code, reason: _, ...others } = attributes;
  if (!Object.hasOwn(PUT_ASIDE_CODES, code?.stringValue ?? '')) return attributes;
  const renamed = Object.entries(others).map(([name, value]) => [OWN_NAMES.get(name) ?? name, value]);
  return Object.fromEntries(renamed);
}

function nodeOf(attributes: SQSMessageAttributes): JsonNode {
  const texts = Object.entries(attributes).map(([name, { stringValue = '' }]) => [name, stringValue]);
  return { object: Object.fromEntries(texts), parent: undefined };
}

/** The object with a customer key in which most of the mapping's fields stand; of equals the innermost. */
function recordIn(
  nodes: readonly JsonNode[],
  mapping: Mapping,
): { readonly node: JsonNode; readonly customerKey: string } | undefined {
  const { fields } = mapping.definition;
  const candidates = nodes.flatMap((node) => {
    const customerKey = customerKeyOf(node.object, mapping);
    const found = fields.filter(({ name }) => Object.hasOwn(node.object, name)).length;
    return customerKey === undefined ? [] : [{ node, customerKey, found }];
  });
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, candidate) => (best && best.found > candidate.found ? best : candidate),
    undefined,
  );
}

/** The customer key as it was sent, which is how the ledger knows it. */
function customerKeyOf(object: JsonObject, { definition }: Mapping): string | undefined {
  const field = definition.fields.find(({ name }) => name === definition.customerKey.field);
  if (!field) return undefined;
  const { values, fault } = columnValues(object, [[field.name]]);
  const [key = ''] = values;
  return fault || key === '' || tooLong(field, key, MAX_KEY_VALUE) ? undefined : key;
}

/** What we sent holds nothing else, so without the name of its type it still is ours. */
function holdsOnlyFields(object: JsonObject, { definition }: Mapping): boolean {
  const names = new Set(definition.fields.map(({ name }) => name));
  return Object.keys(object).every((name) => names.has(name));
}

/** The first text or number under one of these names, the names in their order, outer objects before inner ones. */
function textNamed(names: readonly string[], nodes: readonly JsonNode[]): string | undefined {
  for (const wanted of names) {
    for (const { object } of nodes) {
      const name = Object.keys(object).find((each) => each.toLowerCase().replaceAll(/[^a-z]/g, '') === wanted);
      const [text = ''] = name === undefined ? [] : columnValues(object, [[name]]).values;
      if (text !== '' && !isObjectText(text)) return text;
    }
  }
  return undefined;
}
