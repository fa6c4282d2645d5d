/** A mistake of the user: printed as it is, without a stack trace; exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
