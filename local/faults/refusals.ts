import type { ServerResponse } from 'node:http';
import { sendJsonError, sendXml } from '../http.ts';

const MESSAGE = 'A fault that was asked for.';

type Refusals = Readonly<Record<'error' | 'throttled', readonly [status: number, name: string]>>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const DYNAMODB: Refusals = {
  error: [500, 'InternalServerError'],
  throttled: [400, 'ProvisionedThroughputExceededException'],
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3: Refusals = { error: [500, 'InternalError'], throttled: [503, 'SlowDown'] };

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const OTHERS: Refusals = { error: [500, 'InternalFailure'], throttled: [400, 'ThrottlingException'] };

/** Answers with the error that the service has for it, in the service's shape. */
export function refuseAs(kind: 'error' | 'throttled', service: string, response: ServerResponse): void {
  const [status, name] = (service === 's3' ? S3 : service === 'dynamodb' ? DYNAMODB : OTHERS)[kind];
  if (service === 's3') sendXml(response, status, 'Error', { Code: name, Message: MESSAGE });
  else sendJsonError(response, status, name, MESSAGE);
}
