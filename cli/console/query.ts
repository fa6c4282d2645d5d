import { UserError } from '../user-error.ts';

/** @throws UserError */
export function wholeNumberIn(
  query: URLSearchParams,
  name: string,
  { min, max, otherwise }: { readonly min: number; readonly max: number; readonly otherwise: number },
): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UserError(`${name} must be a whole number from ${min} to ${max}.`);
}

/** @throws UserError if it is missing or empty. */
export function textIn(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (text === '') throw new UserError(`${name} is missing.`);
  return text;
}
