import type { FunctionModel } from '../cloudformation/model.ts';
import { SqsError } from '../sqs/errors.ts';
import type { QueueClient } from '../sqs/sqs.ts';
import type { FunctionError } from '../states/integrations.ts';
import type { QueuedEvent } from './event-queue.ts';
import { executionRole } from './lambda.ts';

/** Of the error message, in a dead letter. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const MAX_ERROR_MESSAGE_BYTES = 1024;

/** An event that every try failed goes to the function's dead-letter queue, by the function's role; else only `tell` hears of it. */
export function createLostEvents({
  functions,
  sqs,
  tell,
}: {
  functions: readonly FunctionModel[];
  sqs: Pick<QueueClient, 'send'>;
  tell: (message: string) => void;
}): (event: QueuedEvent, error: FunctionError) => void {
  return ({ name, payload, requestId }, { errorType = 'error', errorMessage = '' }) => {
    const called = functions.find((each) => each.name === name);
    const lost = `The function ${name} failed an event, which is lost: ${errorType}: ${errorMessage}`;
    if (called?.deadLetterArn === undefined) return tell(lost);
    const shown = Buffer.from(errorMessage || errorType)
      .subarray(0, MAX_ERROR_MESSAGE_BYTES)
      .toString();
    const attributes = {
      RequestID: { DataType: 'String', StringValue: requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: shown },
    };
    try {
      sqs.send(called.deadLetterArn, { body: payload, attributes }, executionRole(called));
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      tell(`${lost} (not in its dead-letter queue: ${error.message})`);
    }
  };
}
