import { badRequest } from './errors.ts';

/** Constraints of the service model (customer-profiles 2020-08-15) on the members of the supported requests. */
interface TextConstraint {
  readonly max: number;
  readonly pattern?: RegExp;
}
export const DOMAIN_NAME: TextConstraint = { max: 64, pattern: /^[a-zA-Z0-9_-]+$/ };
export const KEY_NAME = DOMAIN_NAME;
export const TYPE_NAME: TextConstraint = { max: 255, pattern: /^[a-zA-Z_][a-zA-Z_0-9-]*$/ };
export const FIELD_NAME: TextConstraint = { max: 64, pattern: /^[a-zA-Z0-9_.-]+$/ };
export const DESCRIPTION: TextConstraint = { max: 1_000 };
export const PROFILE_ID: TextConstraint = { max: 32, pattern: /^[a-f0-9]{32}$/ };
export const STRINGIFIED_JSON: TextConstraint = { max: 256_000 };
export const UNIQUE_KEY: TextConstraint = { max: 255 };
/** It may be empty. */
const QUEUE_URL: TextConstraint = { max: 255 };
const KEY_VALUE: TextConstraint = { max: 255 };
const TOKEN: TextConstraint = { max: 1_024 };
const ITEM_ID = DOMAIN_NAME;
const MAX_BATCH_ITEMS = 10;
const MAX_ADDITIONAL_KEYS = 4;
const DEFAULT_RESULTS = 20;
const MAX_RESULTS = 100;

/** A text of 1 to `max` UTF-16 units, as AWS counts. @throws ProfilesError BadRequestException */
export function text(value: unknown, member: string, { max, pattern }: TextConstraint): string {
  if (value === undefined || value === null) throw invalid(member, 'Member must not be null');
  if (typeof value !== 'string') throw invalid(member, 'Member must be a string');
  if (value === '') throw invalid(member, 'Member must have length greater than or equal to 1');
  if (value.length > max) throw invalid(member, `Member must have length less than or equal to ${max}`);
  if (pattern && !pattern.test(value)) {
    throw invalid(member, `Member must satisfy regular expression pattern: ${pattern.source}`);
  }
  return value;
}

/** Undefined if it is not given, empty if there is to be none any more. @throws ProfilesError BadRequestException */
export function deadLetterQueueUrl({ DeadLetterQueueUrl: url }: Readonly<Record<string, unknown>>): string | undefined {
  if (url === undefined || url === null) return undefined;
  return url === '' ? '' : text(url, 'deadLetterQueueUrl', QUEUE_URL);
}

/** Of BatchPutProfileObject. */
export interface BatchItem {
  readonly Id: string;
  readonly Object: string;
}

/** @throws ProfilesError BadRequestException */
export function batchItems({ Items }: Readonly<Record<string, unknown>>): BatchItem[] {
  if (!Array.isArray(Items)) throw invalid('items', 'Member must not be null');
  if (Items.length < 1 || Items.length > MAX_BATCH_ITEMS) {
    throw invalid('items', `Member must have length from 1 to ${MAX_BATCH_ITEMS}`);
  }
  const items = Items.map(record).map(({ Id, Object: object }) => ({
    Id: text(Id, 'items.id', ITEM_ID),
    Object: text(object, 'items.object', STRINGIFIED_JSON),
  }));
  if (new Set(items.map(({ Id }) => Id)).size < items.length) throw badRequest('Two items have the same Id.');
  return items;
}

/** One key of a search and the values asked for. */
export interface SearchKey {
  readonly name: string;
  readonly values: readonly string[];
}

/** KeyName and Values of SearchProfiles, and its AdditionalSearchKeys. @throws ProfilesError BadRequestException */
export function searchKeys(body: Readonly<Record<string, unknown>>): SearchKey[] {
  const additional = body.AdditionalSearchKeys ?? undefined;
  return [body, ...(additional === undefined ? [] : additionalKeys(additional))].map(({ KeyName, Values }) => {
    if (!Array.isArray(Values)) throw invalid('values', 'Member must not be null');
    const values = Values.map((value) => text(value, 'values', KEY_VALUE));
    return { name: text(KeyName, 'keyName', KEY_NAME), values };
  });
}

function additionalKeys(value: unknown): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw invalid('additionalSearchKeys', 'Member must be a list');
  if (value.length < 1 || value.length > MAX_ADDITIONAL_KEYS) {
    throw invalid('additionalSearchKeys', `Member must have length from 1 to ${MAX_ADDITIONAL_KEYS}`);
  }
  return value.map(record);
}

/** AND or OR, by default OR. @throws ProfilesError BadRequestException */
export function logicalOperator({ LogicalOperator }: Readonly<Record<string, unknown>>): 'AND' | 'OR' {
  const operator = LogicalOperator ?? 'OR';
  if (operator !== 'AND' && operator !== 'OR') {
    throw invalid('logicalOperator', 'Member must satisfy enum value set: [AND, OR]');
  }
  return operator;
}

/** Page size, and the number that the last page ended with. @throws ProfilesError BadRequestException */
export function paging(query: URLSearchParams): { limit: number; after: number } {
  const asked = query.get('max-results') ?? String(DEFAULT_RESULTS);
  const limit = Number(asked);
  if (!/^\d+$/.test(asked) || limit < 1 || limit > MAX_RESULTS) {
    throw invalid('maxResults', `Member must be a whole number from 1 to ${MAX_RESULTS}`);
  }
  const token = query.get('next-token');
  if (token === null) return { limit, after: 0 };
  const after = Number(Buffer.from(text(token, 'nextToken', TOKEN), 'base64url').toString());
  if (!Number.isInteger(after) || after < 1) throw badRequest('The NextToken is not one of this service.');
  return { limit, after };
}

/** The page of the rows after `after`; `rows` holds up to one more than the limit. */
export function page<R extends { id: number }>(rows: readonly R[], limit: number): { rows: R[]; NextToken?: string } {
  const taken = rows.slice(0, limit);
  const last = taken.at(-1);
  if (last === undefined || rows.length <= limit) return { rows: taken };
  return { rows: taken, NextToken: Buffer.from(String(last.id)).toString('base64url') };
}

/** A JSON object. @throws ProfilesError BadRequestException */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw badRequest('The request must hold JSON objects where the model has structures.');
}

const invalid = (member: string, constraint: string) =>
  badRequest(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`);
