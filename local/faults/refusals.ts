import type { ServerResponse } from 'node:http';
import { sendJsonError } from '../http.ts';

const MESSAGE = 'A fault that was asked for.';

interface Refusal {
  readonly status: number;
  readonly name: string;
}

type Refusals = Readonly<Record<'error' | 'throttled', Refusal>>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const DYNAMODB: Refusals = {
  error: { status: 500, name: 'InternalServerError' },
  throttled: { status: 400, name: 'ProvisionedThroughputExceededException' },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3: Refusals = {
  error: { status: 500, name: 'InternalError' },
  throttled: { status: 503, name: 'SlowDown' },
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const OTHERS: Refusals = {
  error: { status: 500, name: 'InternalFailure' },
  throttled: { status: 400, name: 'ThrottlingException' },
};

/** Answers with the error that the service has for it, in the service's shape. */
export function refuseAs(kind: 'error' | 'throttled', service: string, response: ServerResponse): void {
  if (service === 's3') {
    const { status, name } = S3[kind];
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${name}</Code><Message>${MESSAGE}</Message></Error>`;
    response.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  const { status, name } = (service === 'dynamodb' ? DYNAMODB : OTHERS)[kind];
  sendJsonError(response, status, name, MESSAGE);
}
