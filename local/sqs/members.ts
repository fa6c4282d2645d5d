import type { Members } from '../json-protocol.ts';
import { invalidValue, SqsError } from './errors.ts';

/** The members of a request, checked as they are read, with SQS's words for what is wrong with them. */

export function optionalText(members: Members, name: string): string | undefined {
  const value = members[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw invalidValue(typeof value, name, 'Must be a string.');
  return value;
}

export function text(members: Members, name: string): string {
  const value = optionalText(members, name);
  if (value) return value;
  throw new SqsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`);
}

export function optionalInteger(members: Members, name: string, min: number, max: number): number | undefined {
  const value = members[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && min <= value && value <= max) return value;
  throw invalidValue(value, name, `Must be between ${min} and ${max}, if provided.`);
}

export function integer(members: Members, name: string, min: number, max: number): number {
  const value = optionalInteger(members, name, min, max);
  if (value !== undefined) return value;
  throw new SqsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`);
}

/** A list of names; those of several members together. */
export function names(members: Members, ...from: readonly string[]): string[] {
  return from.flatMap((name) => members[name] ?? []).map(String);
}
