/** The embedded stack can't be started or joined; the message says why and what to do. */
export class StackError extends Error {
  override readonly name: string = 'StackError';
}
