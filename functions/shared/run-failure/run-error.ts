import { isOurError } from './error-catalogue.ts';

/** Long enough for every message of ours; Step Functions itself cuts a cause at 32,768 characters. */
const MAX_MESSAGE_LENGTH = 2_000;
/** Error names are class names and AWS's dotted ones. Whatever else stands there may be anything. */
const ERROR_NAME = /^[A-Za-z][\w.]{0,79}$/;

/** An error of a run or of one of its chunks, in what may be told of it. */
export interface RunError {
  readonly name: string;
  /** Only of an error of ours: any other's own text may quote customer data. */
  readonly message?: string;
}

/** Reads the error and the cause of an execution. */
export function runError(error: string | undefined, cause: string | undefined): RunError {
  if (error === undefined || !ERROR_NAME.test(error)) return { name: 'unnamed error' };
  const message = isOurError(error) ? messageOf(error, cause ?? '') : undefined;
  return { name: error, ...(message && { message: message.slice(0, MAX_MESSAGE_LENGTH) }) };
}

/** The cause of a function's error is Lambda's whole payload as JSON, that of a Fail state its own text. */
function messageOf(error: string, cause: string): string | undefined {
  if (!cause.startsWith('{')) return cause;
  try {
    const { errorType, errorMessage } = JSON.parse(cause) as { errorType?: unknown; errorMessage?: unknown };
    return errorType === error && typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    return undefined;
  }
}
