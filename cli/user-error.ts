/** A mistake of the user: printed as it is, without a stack trace; exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** What the user named does not exist. */
export class NotFound extends UserError {}
