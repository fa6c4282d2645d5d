const TRANSIENT_NAMES = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
  'InternalServerException',
  'ServiceUnavailable',
  'SlowDown',
  'TimeoutError',
  'RequestTimeout',
  'AbortError',
]);

const BROKEN_CONNECTION = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** True for an error of an AWS call that may go away by itself: throttling, 5xx, a broken connection, a time-out. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TRANSIENT_NAMES.has(error.name) || (httpStatus(error) ?? 0) >= 500 || isBrokenConnection(error);
}

export function isBrokenConnection(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && BROKEN_CONNECTION.has(error.code);
}

/** HTTP status of an AWS SDK error; undefined if there was no answer. */
export function httpStatus(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
