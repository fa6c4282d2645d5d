/** An error that the API answers with status 400, in the shape of the service model. */
export class ApiError extends Error {
  /** As the service model names it, e.g. `ExecutionDoesNotExist`. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
