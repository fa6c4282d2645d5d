import { InvalidConfiguration } from './errors.ts';

/** @throws InvalidConfiguration naming the variable if it is missing or empty. */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new InvalidConfiguration(`The environment variable ${name} is missing; the stack sets it.`);
  return value;
}

/** @returns undefined for a variable that the stack did not set. */
export function optionalEnv(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** @throws InvalidConfiguration naming the variable if it is missing or not a number. */
export function requiredNumberEnv(name: string): number {
  const value = Number(requiredEnv(name));
  if (!Number.isFinite(value)) {
    throw new InvalidConfiguration(`The environment variable ${name} must be a number; the stack sets it.`);
  }
  return value;
}
