/** Any JSON value. Values are shared between states and never changed in place. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** A JSON value with its text, which history, store and size limits all need: made once per value. */
export interface Payload {
  readonly value: Json;
  readonly text: string;
}

export function payloadOf(value: Json): Payload {
  return { value, text: JSON.stringify(value) };
}

/** @throws SyntaxError, whose message quotes the text and must not be passed on. */
export function parsePayload(text: string): Payload {
  return { value: JSON.parse(text) as Json, text };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a value in the words of AWS's messages. */
export function jsonType(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
