import { EXIT, endingOf } from '../service-errors.ts';
import { NotFound } from '../user-error.ts';

/** What a request ends with that could not be answered: words for its user, in which no customer data stands. */
export function problemOf(error: unknown): { readonly status: 400 | 404 | 502; readonly message: string } {
  const { message, exitCode } = endingOf(error, {});
  if (error instanceof NotFound) return { status: 404, message };
  return { status: exitCode === EXIT.wrongCall ? 400 : 502, message };
}
