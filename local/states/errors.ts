/** Why a state or an execution failed, in the words that Retry, Catch and the history use. Both may be absent (an empty Fail state). */
export interface Failure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** A state failed: Retry and Catch decide what follows, unless the error is `States.Runtime`. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.error ?? '(no error name)'}: ${failure.cause ?? ''}`);
    this.failure = failure;
  }
}

/** The items of a Map could not be read. `cause` holds nothing of what they hold. */
export const readerFailure = (cause: string) => new StateFailure({ error: 'States.ItemReaderFailed', cause });

/** The definition is wrong in itself or at run time; Step Functions neither retries nor catches it. */
export const RUNTIME_ERROR = 'States.Runtime';

/** A service answered a task's call with an error of its own, or could not be reached. */
export class IntegrationError extends Error {
  override readonly name = 'IntegrationError';
  /** As Retry names it, e.g. `Lambda.TooManyRequestsException`, `S3.NoSuchKeyException`. */
  readonly error: string;

  /** @param cause holds no customer data: it lands in the history. */
  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

/** A field's expression failed or gave what the field does not take. */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault';
  /** Path inside the state, e.g. `Arguments/FunctionName`. */
  readonly field: string;
  /** The expression gave a value, and the field's own check refused it: AWS chains this event behind the entered event. */
  readonly refusedByField: boolean;

  constructor(field: string, message: string, { refusedByField = false } = {}) {
    super(message);
    this.field = field;
    this.refusedByField = refusedByField;
  }
}

/** The execution ended (stopped, timed out) while this state was at work: nothing may be written any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** A definition holds something that is wrong or that this interpreter does not support. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  /** One line each: the path of the fault and what is wrong there. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}
